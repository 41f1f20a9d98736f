// SPDX-License-Identifier: Apache-2.0
// Applications of Debian's packages, as they are, with their own logins.
//
// startDjango(t): the administration of python3-django: {url, stop()}
//   user alice, password secret; cookie "sessionid" (and "csrftoken")
// phpSite(path): configuration that serves phpliteadmin below that path by mod_php
//   (prefork), and its files: {config, files}; password secret; cookies PHPSESSID
//   and pla*

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './httpd.mjs';
import { installed } from './root.mjs';

const DJANGO = `
import sys
from django.conf import settings
settings.configure(
    DEBUG=False, SECRET_KEY='test', ALLOWED_HOSTS=['*'], ROOT_URLCONF=__name__,
    LANGUAGE_CODE='en', USE_TZ=True, FORCE_SCRIPT_NAME='/app',
    SESSION_COOKIE_PATH='/app', STATIC_URL='/static/',
    DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3',
        'NAME': sys.argv[1]}},
    DEFAULT_AUTO_FIELD='django.db.models.AutoField',
    INSTALLED_APPS=['django.contrib.admin', 'django.contrib.auth',
        'django.contrib.contenttypes', 'django.contrib.sessions',
        'django.contrib.messages'],
    MIDDLEWARE=['django.contrib.sessions.middleware.SessionMiddleware',
        'django.middleware.csrf.CsrfViewMiddleware',
        'django.contrib.auth.middleware.AuthenticationMiddleware',
        'django.contrib.messages.middleware.MessageMiddleware'],
    TEMPLATES=[{'BACKEND': 'django.template.backends.django.DjangoTemplates',
        'APP_DIRS': True, 'OPTIONS': {'context_processors': [
            'django.template.context_processors.request',
            'django.contrib.auth.context_processors.auth',
            'django.contrib.messages.context_processors.messages']}}])
import django
django.setup()
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import path
urlpatterns = [path('admin/', admin.site.urls)]
call_command('migrate', verbosity=0)
User.objects.create_superuser('alice', '', 'secret')
from wsgiref.simple_server import WSGIRequestHandler, make_server
class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass
server = make_server('127.0.0.1', 0, get_wsgi_application(), handler_class=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
`;

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export async function startDjango(t) {
    const dir = mkdtempSync(join(tmpdir(), 'mss-django-'));
    writeFileSync(join(dir, 'django_site.py'), DJANGO);
    const child = spawn('/usr/bin/python3',
        [join(dir, 'django_site.py'), join(dir, 'db.sqlite3')],
        { stdio: ['ignore', 'pipe', 'inherit'] });
    let port = '';
    child.stdout.on('data', (text) => { port += text; }).unref();
    running.add(child);
    child.unref();
    const stop = () => {
        running.delete(child);
        child.kill('SIGKILL');
        rmSync(dir, { recursive: true, force: true });
    };
    t?.after(stop);
    await until(() => {
        if (child.exitCode !== null)
            throw new Error('django ended');
        return port.endsWith('\n');
    }, 'django', 30000);
    return { url: `http://127.0.0.1:${port.trim()}`, stop };
}

const LITE = '/usr/share/phpliteadmin/phpliteadmin.php';

/** To be served by prefork. */
export function phpSite(path) {
    const module = readdirSync(installed.libexec)
        .find((name) => /^libphp[\d.]*\.so$/.test(name));
    const dir = 'htdocs/lite';
    return {
        config: `LoadModule php_module "${installed.libexec}/${module}"
Alias "${path}" "\${ROOT}/${dir}/"
<FilesMatch "\\.php$">
    SetHandler application/x-httpd-php
    php_value session.save_path "\${ROOT}/db"
</FilesMatch>
`,
        files: {
            [`${dir}/index.php`]: `<?php require ${JSON.stringify(LITE)};`,
            [`${dir}/phpliteadmin.config.php`]: `<?php
$password = 'secret';
$directory = false;
$databases = array(array('path' => '../../db/data.sqlite',
    'name' => 'Data'));
$theme = 'phpliteadmin.css';
$language = 'en';
$cookie_name = 'pla';
$debug = false;
`,
            'db/data.sqlite': execFileSync('sh', ['-c',
                'f=$(mktemp) && sqlite3 "$f" "CREATE TABLE secrets (a)" '
                + '&& cat "$f" && rm "$f"']),
        },
    };
}
