<?php
/**
 * Makes a practice store and works in it: a folder with a small SQLite shop, Stocktray's connector and its
 * configuration.
 *
 *   php make.php DIR [N] [--no-clamp]     a new store with N (1000) products; prints user, password and paths
 *   php make.php sell DIR SKU QTY         sells as a shop does: order, line and atomic decrement in one
 *                                         transaction; ends with 3 if there are not so many pieces
 *   php make.php begin DIR SKU QTY        the same for a buyer who is still at the payment page (state "open")
 *   php make.php finish DIR ORDER         that buyer has paid
 *   php make.php cancel DIR ORDER         gives the pieces of an order back
 *   php make.php count DIR SKU            prints the count
 *
 * Serve it with:
 *
 *   PHP_CLI_SERVER_WORKERS=4 STOCKTRAY_CONFIG=DIR/stocktray-config.php php -S 127.0.0.1:PORT -t DIR/public
 */

/** There are not as many pieces as a buyer wants. */
final class SoldOut extends RuntimeException
{
}

final class PracticeStore
{
    const FIRST_ORDER = 1001;

    private $dir;
    private $db;

    private function __construct($dir)
    {
        $this->dir = $dir;
        $this->db = new PDO('sqlite:' . $dir . '/store.sqlite', null, null, array(
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
        ));
        $this->db->exec('PRAGMA busy_timeout = 10000');
        $this->db->exec('PRAGMA synchronous = FULL');
    }

    public static function open($dir)
    {
        if (!is_file($dir . '/store.sqlite')) {
            throw new RuntimeException('no practice store in ' . $dir);
        }
        return new self($dir);
    }

    /** @return string the password of the new store; only its fingerprint is kept */
    public static function make($dir, $products, $clamps)
    {
        if (file_exists($dir . '/store.sqlite')) {
            throw new RuntimeException('there is a store in ' . $dir . ' already');
        }
        if (!is_dir($dir . '/public') && !mkdir($dir . '/public', 0700, true)) {
            throw new RuntimeException('cannot make ' . $dir);
        }
        $dir = realpath($dir);
        $store = new self($dir);
        $store->createTables();
        $store->fill($products);
        $password = bin2hex(random_bytes(24));
        file_put_contents($dir . '/stocktray-config.php', "<?php\nreturn " . var_export(array(
            'user' => 'practice',
            'secret_sha256' => hash('sha256', $password),
            'kind' => 'plain',
            'dsn' => 'sqlite:' . $dir . '/store.sqlite',
            'clamps' => $clamps,
        ), true) . ";\n");
        chmod($dir . '/stocktray-config.php', 0600);
        copy(dirname(__DIR__) . '/xcart-connector/stocktray.php', $dir . '/public/stocktray.php');
        return $password;
    }

    /** @return int the order's number */
    public function sell($sku, $quantity, $state)
    {
        return $this->inTransaction(function () use ($sku, $quantity, $state) {
            $item = $this->item($sku);
            if ((int)$item['qoh'] < $quantity) {
                throw new SoldOut('only ' . $item['qoh'] . ' of ' . $sku . ' left');
            }
            $top = (int)$this->db->query('SELECT COALESCE(MAX(number), ' . (self::FIRST_ORDER - 1)
                . ') FROM orders')->fetchColumn();
            $this->run('INSERT INTO orders (number, state, placed, changed) VALUES (?, ?, ?, ?)',
                array($top + 1, $state, time(), time()));
            $this->run('INSERT INTO order_lines (order_number, item_id, sku, qty) VALUES (?, ?, ?, ?)',
                array($top + 1, $item['id'], $sku, $quantity));
            $this->run('UPDATE items SET qoh = qoh - ? WHERE id = ? AND tracked = 1',
                array($quantity, $item['id']));
            return $top + 1;
        });
    }

    public function cancel($number)
    {
        $this->inTransaction(function () use ($number) {
            $this->run('UPDATE items SET qoh = qoh + (SELECT SUM(l.qty) FROM order_lines l'
                . ' WHERE l.order_number = ? AND l.item_id = items.id) WHERE tracked = 1'
                . ' AND id IN (SELECT item_id FROM order_lines WHERE order_number = ?) AND EXISTS'
                . " (SELECT 1 FROM orders WHERE number = ? AND state <> 'cancelled')",
                array($number, $number, $number));
            $this->run("UPDATE orders SET state = 'cancelled', changed = ?"
                . " WHERE number = ? AND state <> 'cancelled'",
                array(time(), $number));
        });
    }

    public function finish($number)
    {
        $this->run("UPDATE orders SET state = 'placed', changed = ? WHERE number = ? AND state = 'open'",
            array(time(), $number));
    }

    public function count($sku)
    {
        $item = $this->item($sku);
        return (int)$item['qoh'];
    }

    /**
     * SKUs compare as MySQL's collations do, without regard to case, so that near misses can be practised
     * too.
     */
    private function createTables()
    {
        $this->db->exec('PRAGMA journal_mode = WAL');
        $this->db->exec('CREATE TABLE items (id INTEGER PRIMARY KEY, sku TEXT NOT NULL COLLATE NOCASE,'
            . ' name TEXT NOT NULL, qoh INTEGER NOT NULL, tracked INTEGER NOT NULL DEFAULT 1)');
        $this->db->exec('CREATE INDEX items_sku ON items (sku)');
        $this->db->exec('CREATE TABLE orders (number INTEGER PRIMARY KEY, state TEXT NOT NULL CHECK (state IN'
            . " ('open', 'placed', 'shipped', 'cancelled')), placed INTEGER NOT NULL,"
            . ' changed INTEGER NOT NULL)');
        $this->db->exec('CREATE TABLE order_lines (id INTEGER PRIMARY KEY,'
            . ' order_number INTEGER NOT NULL REFERENCES orders (number),'
            . ' item_id INTEGER NOT NULL REFERENCES items (id), sku TEXT NOT NULL,'
            . ' qty INTEGER NOT NULL CHECK (qty > 0))');
        $this->db->exec('CREATE INDEX order_lines_item ON order_lines (item_id)');
        $this->db->exec('CREATE INDEX order_lines_order ON order_lines (order_number)');
    }

    /** The same names and counts for the same N: a demonstration can be told again. */
    private function fill($products)
    {
        $things = array('Teapot', 'Garden Lantern', 'Wool Blanket', 'Desk Lamp', 'Cutting Board',
            'Picnic Basket', 'Wall Clock',
            'Bread Knife', 'Door Mat', 'Flower Pot', 'Coffee Grinder', 'Linen Towel', 'Candle Holder',
            'Storage Jar', 'Tool Box');
        $looks = array('Blue', 'Oak', 'Copper', 'Large', 'Small', 'Striped', 'Classic', 'Nordic', 'Rustic',
            'White', 'Folding');
        $this->inTransaction(function () use ($products, $things, $looks) {
            $insert = $this->db->prepare('INSERT INTO items (id, sku, name, qoh) VALUES (?, ?, ?, ?)');
            for ($i = 1; $i <= $products; ++$i) {
                $name = $looks[($i * 7) % count($looks)] . ' ' . $things[($i * 11) % count($things)]
                    . ($i > 165 ? ' No. ' . $i : '');
                $insert->execute(array($i, sprintf('SKU-%04d', $i), $name, 20 + ($i * 37) % 180));
            }
        });
    }

    private function item($sku)
    {
        $statement = $this->run('SELECT id, sku, qoh FROM items WHERE sku = ? COLLATE BINARY', array($sku));
        $item = $statement->fetch();
        if ($item === false) {
            throw new RuntimeException('no product ' . $sku);
        }
        return $item;
    }

    private function run($sql, array $params)
    {
        $statement = $this->db->prepare($sql);
        $statement->execute($params);
        return $statement;
    }

    private function inTransaction($work)
    {
        $this->db->exec('BEGIN IMMEDIATE');
        try {
            $result = call_user_func($work);
            $this->db->exec('COMMIT');
            return $result;
        } catch (Exception $e) {
            $this->db->exec('ROLLBACK');
            throw $e;
        }
    }
}

/** What stands at the top of this file. */
function help()
{
    preg_match('~/\\*\\*\\n(.*?)\\*/~s', file_get_contents(__FILE__), $found);
    return preg_replace('~^ \\*( |$)~m', '', rtrim($found[1])) . "\n";
}

/** A new store: a folder, perhaps a number of products, and no other option than --no-clamp. */
function isNewStore(array $plain)
{
    return count($plain) <= 2 && isset($plain[0]) && $plain[0] !== '' && $plain[0][0] !== '-'
        && (!isset($plain[1]) || (ctype_digit($plain[1]) && (int)$plain[1] > 0));
}

function main(array $arguments)
{
    if (in_array('--help', $arguments, true) || in_array('-h', $arguments, true)) {
        echo help();
        return 0;
    }
    $isCommand = isset($arguments[0]) && in_array($arguments[0],
        array('sell', 'begin', 'finish', 'cancel', 'count'), true);
    $needed = array('sell' => 4, 'begin' => 4, 'finish' => 3, 'cancel' => 3, 'count' => 3);
    $plain = array_values(array_diff($arguments, array('--no-clamp')));
    if ($isCommand ? count($arguments) !== $needed[$arguments[0]] : !isNewStore($plain)) {
        fwrite(STDERR, "usage: php make.php DIR [N] [--no-clamp]\n"
            . "       php make.php sell|begin DIR SKU QTY\n       php make.php finish|cancel DIR ORDER\n"
            . "       php make.php count DIR SKU\n");
        return 2;
    }
    if (!$isCommand) {
        $clamps = !in_array('--no-clamp', $arguments, true);
        $password = PracticeStore::make($plain[0], isset($plain[1]) ? (int)$plain[1] : 1000, $clamps);
        $dir = realpath($plain[0]);
        echo "user=practice\npassword=" . $password . "\nconfig=" . $dir . "/stocktray-config.php\nroot="
            . $dir
            . "/public\ndatabase=" . $dir . "/store.sqlite\nscript=stocktray.php\n";
        return 0;
    }
    $store = PracticeStore::open($arguments[1]);
    if ($arguments[0] === 'sell' || $arguments[0] === 'begin') {
        $quantity = (int)$arguments[3];
        if ($quantity < 1) {
            throw new RuntimeException('QTY is a whole number from 1');
        }
        echo $store->sell($arguments[2], $quantity, $arguments[0] === 'sell' ? 'placed' : 'open') . "\n";
    } elseif ($arguments[0] === 'finish') {
        $store->finish((int)$arguments[2]);
    } elseif ($arguments[0] === 'cancel') {
        $store->cancel((int)$arguments[2]);
    } else {
        echo $store->count($arguments[2]) . "\n";
    }
    return 0;
}

try {
    exit(main(array_slice($argv, 1)));
} catch (SoldOut $e) {
    fwrite(STDERR, $e->getMessage() . "\n");
    exit(3);
} catch (Exception $e) {
    fwrite(STDERR, $e->getMessage() . "\n");
    exit(1);
}
