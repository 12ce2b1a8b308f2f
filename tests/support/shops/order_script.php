<?php
/**
 * An import script as most shops have one: it gives out orders, too. What it does not know itself the connector beside it
 * does. With ?plain in its URL it has none of the connector's extensions, with ?slow=N its orders take N seconds.
 */

$config = require getenv('STOCKTRAY_CONFIG');
$function = isset($_POST['setifunction']) ? strtolower($_POST['setifunction']) : '';

if (isset($_GET['plain'])) {
    unset($_POST['stocktray'], $_POST['agent'], $_POST['postid'], $_POST['number']);
    if (in_array($function, array('invrepeat', 'invbatch', 'qohquery', 'salesquery'), true)) {
        exit('SETIError: Function "' . $function . '" was not found');
    }
}
if (!in_array($function, array('ordercount', 'downloadorders', 'downloadcustomers', 'updatestatus'), true)) {
    require __DIR__ . '/stocktray.php';
    return;
}
if (($_POST['setiuser'] ?? '') !== $config['user'] || hash('sha256', $_POST['password'] ?? '') !== $config['secret_sha256']) {
    exit('SETIError: Access denied');
}
if ($function === 'updatestatus') {
    exit('SETIResponse: update=OK;Notes=' . strlen($_POST['update']) . ' bytes of ' . md5($_POST['update']));
}
if ($function === 'downloadcustomers') {
    // Big, and not in UTF-8: nothing of it may be touched on its way.
    header('Content-Type: application/octet-stream');
    header('X-Shop: kept as it is');
    mt_srand(7);
    for ($i = 0; $i < 3000; $i++) {
        $line = '';
        for ($j = 0; $j < 1000; $j++) {
            $line .= chr(mt_rand(0, 255));
        }
        echo $line;
    }
    exit;
}
$db = new PDO($config['dsn'], null, null, array(PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION));
$after = strtolower($_POST['lastorder'] ?? 'all') === 'all' ? 0 : (int)$_POST['lastorder'];
$orders = $db->prepare("SELECT number FROM orders WHERE number > ? AND state IN ('placed', 'shipped') ORDER BY number");
$orders->execute(array($after));
$numbers = $orders->fetchAll(PDO::FETCH_COLUMN);
if ($function === 'ordercount') {
    exit('SETIResponse: ordercount=' . count($numbers));
}
if (isset($_GET['slow'])) {
    sleep((int)$_GET['slow']);
}
header('Content-Type: text/xml; charset=utf-8');
$start = max(1, (int)($_POST['startnum'] ?? 1));
$numbers = array_slice($numbers, $start - 1, max(1, (int)($_POST['batchsize'] ?? 100)));
echo '<?xml version="1.0" encoding="UTF-8"?><SETIOrders><Response><ResponseCode>', $numbers ? 1 : 2,
    '</ResponseCode><ResponseDescription>success</ResponseDescription></Response>';
foreach ($numbers as $number) {
    $lines = $db->prepare('SELECT sku, qty FROM order_lines WHERE order_number = ? ORDER BY id');
    $lines->execute(array($number));
    echo '<Order><OrderNumber>', $number, '</OrderNumber><OrderDate>Jun/10/2026 00:00:00</OrderDate>',
        '<Billing><FullName>A Customer &amp; Son</FullName></Billing><Shipping><FullName>A Customer</FullName>';
    foreach ($lines->fetchAll(PDO::FETCH_ASSOC) as $line) {
        echo '<Product><SKU>', htmlspecialchars($line['sku'], ENT_XML1), '</SKU><Name>Thing</Name><Quantity>', $line['qty'],
            '</Quantity><ItemPrice>5.00</ItemPrice></Product>';
    }
    echo '</Shipping><Totals><GrandTotal>5.00</GrandTotal></Totals></Order>';
}
echo '</SETIOrders>';
