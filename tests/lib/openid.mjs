// SPDX-License-Identifier: Apache-2.0
// An OpenID provider at which everybody is logged in already, as at a company's
// on an ordinary morning, and what mod_auth_openidc needs to use it. Asked for
// prompt=login, it has a person press a button.
//
// startProvider(t): {url, logins, user, config(ctx), close()}
//   logins      how often it has let somebody in
//   user        who that is ('alice')
//   config(ctx) directives for a site of makeRoot; /app is behind the login

import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { startBackend } from './httpd.mjs';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function sign(key, claims) {
    const text = `${encode({ alg: 'RS256', kid: '1' })}.${encode(claims)}`;
    return `${text}.${createSign('RSA-SHA256').update(text)
        .sign(key, 'base64url')}`;
}

export async function startProvider(t) {
    const { publicKey, privateKey } =
        generateKeyPairSync('rsa', { modulusLength: 2048 });
    const codes = new Map();
    const provider = { logins: 0, user: 'alice' };

    const documents = {
        '/.well-known/openid-configuration': () => ({
            issuer: provider.url,
            authorization_endpoint: `${provider.url}/authorize`,
            token_endpoint: `${provider.url}/token`,
            jwks_uri: `${provider.url}/keys`,
            response_types_supported: ['code'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['RS256'],
        }),
        '/keys': () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }),
            kid: '1', alg: 'RS256', use: 'sig' }] }),
    };

    function authorize(query, res) {
        const code = randomUUID();
        codes.set(code, { aud: query.get('client_id'), nonce: query.get('nonce') });
        provider.logins++;
        const to = new URL(query.get('redirect_uri'));
        to.searchParams.set('code', code);
        to.searchParams.set('state', query.get('state'));
        res.writeHead(302, { Location: to.href }).end();
    }

    async function token(req, res) {
        let body = '';
        for await (const chunk of req)
            body += chunk;
        // The server's clock may be some minutes ahead.
        const now = Math.floor(Date.now() / 1000);
        res.setHeader('Content-Type', 'application/json');
        res.end(JSON.stringify({
            access_token: randomUUID(), token_type: 'Bearer', expires_in: 86400,
            id_token: sign(privateKey, {
                iss: provider.url, sub: provider.user, iat: now,
                exp: now + 86400,
                ...codes.get(new URLSearchParams(body).get('code')),
            }),
        }));
    }

    const backend = await startBackend((req, res) => {
        const { pathname, searchParams } = new URL(req.url, provider.url);
        if (pathname === '/authorize' && searchParams.get('prompt') === 'login') {
            searchParams.delete('prompt');
            res.setHeader('Content-Type', 'text/html');
            return res.end(`<!DOCTYPE html><title>Provider</title><link rel="icon" href="data:,">
<a href="?${searchParams.toString().replaceAll('&', '&amp;')}">Let me in</a>`);
        }
        if (pathname === '/authorize')
            return authorize(searchParams, res);
        if (pathname === '/token')
            return token(req, res);
        const document = documents[pathname]?.();
        res.writeHead(document ? 200 : 404,
            { 'Content-Type': 'application/json' });
        return res.end(JSON.stringify(document ?? {}));
    }, t);
    Object.assign(provider, { url: backend.url, close: backend.close });
    provider.config = (ctx) => `
OIDCProviderMetadataURL ${provider.url}/.well-known/openid-configuration
OIDCClientID site
OIDCClientSecret secret
OIDCCryptoPassphrase passphrase-of-the-test
OIDCRedirectURI ${ctx.url('/app/callback')}
OIDCRemoteUserClaim sub
OIDCSessionInactivityTimeout 86400
OIDCIDTokenIatSlack 3600
<Location "/app">
    AuthType openid-connect
    Require valid-user
</Location>`;
    return provider;
}
