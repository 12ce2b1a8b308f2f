<?php
/**
 * Settings of Stocktray's connector. Copy this file to stocktray-config.php, best one folder above the
 * document root (nobody can ask the web server for it there), else beside stocktray.php.
 *
 * `php stocktray.php secret` prints a new secret and the two lines that belong here.
 */
return array(
    'user' => 'stocktray',

    // The SHA-256 fingerprint of a generated secret. The secret itself is entered in Stocktray only.
    'secret_sha256' => '',

    // Instead of the line above, for a password that a person made up: what PHP's password_hash() gives.
    // Slower, so prefer a generated secret.
    // 'secret_hash' => '$2y$10$...',

    // Which shop this is. auto looks at the files beside the script and one folder up.
    // auto | classic (X-Cart 4.x) | xcart5 (X-Cart 5.0 and newer) | plain (practice store)
    'kind' => 'auto',

    // The shop's folder, if the connector does not lie in it.
    // 'shop_dir' => '/home/shop/xcart',

    // Plain http is refused unless both ends are on one machine. true switches that protection off: the
    // secret and all counts can then be read and changed by anybody between here and there.
    'allow_http' => false,

    // If not empty, only these addresses may call: single ones or ranges, IPv4 and IPv6.
    'allowed_ips' => array(),       // array('203.0.113.7', '2001:db8::/48')

    // Proxies whose X-Forwarded-Proto is believed.
    'trusted_proxies' => array(),   // array('10.0.0.5')

    // A database user of our own, with rights on a few tables only, is better than the shop's user
    // (`php stocktray.php check` prints the GRANT lines). What is left out is taken from the shop's files.
    'database' => array(
        // 'user' => 'stocktray', 'password' => '...',
        // 'host' => 'localhost', 'port' => '', 'socket' => '', 'ssl_ca' => '',
        // 'name' => '', 'prefix' => 'xcart_',
        // Only for shops that keep UTF-8 text in tables that claim another character set:
        // 'charset' => 'latin1',
    ),

    // The practice store only: where its SQLite file is, and whether counts end at zero.
    // 'dsn' => 'sqlite:/home/me/practice/store.sqlite',
    // 'clamps' => true,
);
