#!/bin/sh
# Thanks for an order, with the customer's name as far as it is plain letters.
customer=$(head -c "${CONTENT_LENGTH:-0}" | tr '&' '\n' \
    | sed -n 's/^customer=//p' | head -n 1 | sed 's/%[0-9A-Fa-f][0-9A-Fa-f]//g' \
    | tr '+' ' ' | tr -cd 'A-Za-z0-9 .-' | cut -c 1-40)
cat <<HTML
Content-Type: text/html; charset=iso-8859-1

<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<html lang="en">
<head><title>Thank you - Customer Register</title></head>
<body bgcolor="#ffffff" link="#003399" vlink="#003399">
<font face="Arial, Helvetica" size="2">
<h2>Thank you</h2>
<p>The order${customer:+ for <b>$customer</b>} has been noted.</p>
<p><a href="/order.html">Another order</a> | <a href="/index.html">Home</a></p>
</font>
</body>
</html>
HTML
