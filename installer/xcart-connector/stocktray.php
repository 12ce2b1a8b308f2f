<?php
/**
 * Stocktray connector for X-Cart: the import script an Order Manager talks to.
 *
 * One file for X-Cart Classic 4.x, X-Cart 5.3-5.4 and X-Cart 5.5 and newer, PHP 5.4 to 8.4. It reads the
 * shop's own database settings and opens a connection of its own; nothing of the shop is loaded, so nothing
 * of the shop can print into an answer. Set-up, permissions and the meaning of every text: GUIDE.md.
 *
 * What everything below serves: a change of stock is applied once, or not at all, or is called unknown.
 * "Applied" and "not applied" are only said when they are certain.
 *
 * From top to bottom: limits, errors, answers, the host, configuration, the gate (who may call), databases, the shop's
 * files, the key table, the three kinds of shop, payloads, the functions themselves, the command line, the
 * start.
 */

namespace Stocktray;

const SCRIPT_VERSION = '1.000';
const EXTENSION_VERSION = 1;
const KEEP_SECONDS = 2592000;         // a key is kept for 30 days at least ...
const KEEP_NEWEST = 100000;           // ... and whatever its age while it is one of the newest: clocks jump
const SILENCE_SECONDS = 172800;       // no key for two days: perhaps the database was put back from a copy
const HOLD_SECONDS = 1209600;         // after such a silence nothing is pruned for two weeks
const MAX_BODY = 1048576;
const MAX_COUNT = 2000000000;         // fits every integer column that any generation uses for stock
const MAX_REPLACE = 2000;
const MAX_BATCH = 250;
const MAX_QUERY = 500;
const MAX_PAGE = 10000;
const LOCK_WAIT_SECONDS = 5;
const TRY_AGAIN_UNTIL = 4.0;          // seconds; one more lock wait after that still ends below ten
const GUESS_SECONDS = 600;
const GUESSES_PER_ADDRESS = 10;
const GUESSES_OVERALL = 100;
const BACK_SECONDS = 172800;          // pieces given back count as "just now" for 48 hours

// -----------------------------------------------------------------------------------------------------------
// Errors
// -----------------------------------------------------------------------------------------------------------

/**
 * Ends the request with "SETIError: <text>". Thrown only where it is certain that nothing was changed, or as
 * `unknown`.
 */
final class Refusal extends \Exception
{
    public $status;
    public $retryAfter;

    public function __construct($text, $status = 200, $retryAfter = 0)
    {
        parent::__construct($text);
        $this->status = $status;
        $this->retryAfter = $retryAfter;
    }

    /**
     * With status 200, as import scripts say everything: of a 503 many a web server makes a page of its own, and
     * whoever asked hears no more that nothing was changed.
     */
    public static function busy()
    {
        return new Refusal('busy, nothing changed', 200, 5);
    }

    public static function noDatabase($why = '')
    {
        return new Refusal("Couldn't open store connection" . ($why === '' ? '' : ': ' . $why), 200,
            $why === '' ? 10 : 60);
    }

    public static function notConfigured()
    {
        return new Refusal('connector not configured', 200, 60);
    }

    public static function unknown()
    {
        return new Refusal('outcome unknown');
    }
}

/**
 * A verdict that must leave nothing behind: the transaction is rolled back and `$answer` is what the caller
 * hears.
 */
final class Judged extends \Exception
{
    public $answer;

    public function __construct($answer)
    {
        parent::__construct('judged');
        $this->answer = $answer;
    }
}

/**
 * An error of the database. Its text may hold SQL, names and paths and therefore never leaves this object.
 */
final class DbError extends \Exception
{
    /**
     * @return bool whether the database undid the transaction (deadlock) or gave up waiting (lock, SQLite's
     * busy), or found a row changed since the transaction's first read (1020, MariaDB's snapshot isolation)
     */
    public function isTransient()
    {
        return $this->isDeadlock() || $this->isLockWait() || $this->getCode() === 1020;
    }

    public function isDeadlock()
    {
        return $this->getCode() === 1213;
    }

    public function isLockWait()
    {
        return in_array($this->getCode(), array(1205, 5, 6), true);
    }

    public function isDuplicate()
    {
        return in_array($this->getCode(), array(1062, 1586, 19), true);
    }

    /**
     * @return bool whether a table or a column is missing, or this user may not see it (SQLite: 1)
     */
    public function isNotThere()
    {
        return in_array($this->getCode(), array(1146, 1054, 1142, 1143, 1), true);
    }

    /**
     * The server went away, or somebody ended the connection or its statement: what was done cannot be known
     * from here.
     */
    public function isConnectionLost()
    {
        return in_array($this->getCode(), array(2006, 2013, 2055, 1053, 1317, 1927, 1969, 3024, 0), true);
    }
}

/**
 * Whether a change may have been made without our knowing its end. Read by the shutdown handler after a fatal
 * error.
 */
final class Doubt
{
    public static $exists = false;
}

// -----------------------------------------------------------------------------------------------------------
// Answers
// -----------------------------------------------------------------------------------------------------------

/** Exactly one answer per request, with its length, and nothing else in it. */
final class Answer
{
    private static $sent = false;

    public static function text($body)
    {
        self::send($body, 'text/plain', 200, 0);
    }

    public static function xml($body)
    {
        self::send($body, 'text/xml', 200, 0);
    }

    public static function error(Refusal $refusal)
    {
        self::send('SETIError: ' . $refusal->getMessage(), 'text/plain', $refusal->status,
            $refusal->retryAfter);
    }

    /**
     * After a fatal error of PHP there is no exception to catch; this is the last chance for one well-formed
     * line.
     */
    public static function atShutdown()
    {
        if (!self::$sent) {
            self::error(Doubt::$exists ? Refusal::unknown() : Refusal::busy());
        }
    }

    public static function wasSent()
    {
        return self::$sent;
    }

    /** Lets the caller go on while this process still tidies up. */
    public static function finish()
    {
        if (function_exists('fastcgi_finish_request')) {
            fastcgi_finish_request();
        } else {
            flush();
        }
    }

    private static function send($body, $type, $status, $retryAfter)
    {
        if (self::$sent) {
            return;
        }
        self::$sent = true;
        while (ob_get_level() > 0 && @ob_end_clean()) {
            // notices, a byte order mark of the configuration file, a hosting company's banner: dropped
        }
        if (!headers_sent()) {
            header_remove('X-Powered-By');
            header_remove('Set-Cookie');
            header('Content-Type: ' . $type . '; charset=utf-8', true, $status);
            header('Content-Length: ' . strlen($body));
            header('Cache-Control: no-store');
            header('X-Robots-Tag: noindex');
            header('X-Content-Type-Options: nosniff');
            if ($retryAfter > 0) {
                header('Retry-After: ' . $retryAfter);
            }
        }
        echo $body;
    }
}

// -----------------------------------------------------------------------------------------------------------
// The host
// -----------------------------------------------------------------------------------------------------------

/** Hosts switch functions off, and calling one that is off ends everything since PHP 8. */
final class Host
{
    /** @return string the variable's value, '' without one */
    public static function environment($name)
    {
        return function_exists('getenv') ? (string)getenv($name) : '';
    }

    /** @return string PHP's setting, '' where it may not be read */
    public static function setting($name)
    {
        return function_exists('ini_get') ? (string)ini_get($name) : '';
    }

    /** What makes a request sturdier, where it may be had: no answer depends on it. */
    public static function prepare()
    {
        if (function_exists('ini_set')) {
            ini_set('display_errors', '0');
            ini_set('zlib.output_compression', '0');
            ini_set('implicit_flush', '0');
        }
        if (function_exists('ignore_user_abort')) {
            ignore_user_abort(true);    // a caller that gave up must not stop us between two statements
        }
        $limit = (int)self::setting('max_execution_time');
        if ($limit > 0 && $limit < 60 && function_exists('set_time_limit')) {
            @set_time_limit(60);
        }
    }
}

// -----------------------------------------------------------------------------------------------------------
// Configuration
// -----------------------------------------------------------------------------------------------------------

/** What the owner wrote into stocktray-config.php. Every field has a default but the user and the secret. */
final class Config
{
    public $user = '';
    public $secretSha256 = '';
    public $secretHash = '';
    public $allowHttp = false;
    public $allowedIps = array();
    public $trustedProxies = array();
    public $kind = 'auto';
    public $shopDir = '';
    public $dsn = '';
    public $clamps = true;
    public $database = array();

    /** @return string|null the file that holds the configuration: outside the document root first */
    public static function findFile(array $server)
    {
        $named = Host::environment('STOCKTRAY_CONFIG');
        if ($named === '') {
            $named = isset($server['STOCKTRAY_CONFIG']) ? (string)$server['STOCKTRAY_CONFIG'] : '';
        }
        if ($named !== '') {
            return is_file($named) ? $named : null;
        }
        $places = array();
        if (!empty($server['DOCUMENT_ROOT'])) {
            $places[] = dirname($server['DOCUMENT_ROOT']);
        }
        $places[] = __DIR__;
        if (PHP_SAPI === 'cli') {
            // Nobody says there where the web folder begins.
            for ($place = __DIR__; $place !== dirname($place); $place = dirname($place)) {
                $places[] = dirname($place);
            }
        }
        foreach ($places as $place) {
            if (is_file($place . '/stocktray-config.php')) {
                return $place . '/stocktray-config.php';
            }
        }
        return null;
    }

    public static function load(array $server)
    {
        $file = self::findFile($server);
        try {
            $values = $file === null ? null : include $file;
        } catch (\Throwable $e) {
            $values = null;     // a typing mistake
        }
        if (!is_array($values)) {
            throw Refusal::notConfigured();
        }
        return self::fromArray($values);
    }

    public static function fromArray(array $values)
    {
        $config = new Config();
        $names = array(
            'user' => 'user', 'secret_sha256' => 'secretSha256', 'secret_hash' => 'secretHash',
            'kind' => 'kind',
            'shop_dir' => 'shopDir', 'dsn' => 'dsn',
        );
        foreach ($names as $key => $property) {
            if (isset($values[$key]) && is_string($values[$key])) {
                $config->$property = $values[$key];
            }
        }
        $lists = array('allowed_ips' => 'allowedIps', 'trusted_proxies' => 'trustedProxies',
            'database' => 'database');
        foreach ($lists as $key => $property) {
            if (isset($values[$key]) && is_array($values[$key])) {
                $config->$property = $values[$key];
            }
        }
        $config->allowHttp = isset($values['allow_http']) && $values['allow_http'] === true;
        $config->clamps = !isset($values['clamps']) || $values['clamps'] !== false;
        $hasSecret = preg_match('/^[0-9a-f]{64}$/D', strtolower($config->secretSha256))
            || $config->secretHash !== '';
        if ($config->user === '' || !$hasSecret || !in_array($config->kind,
            array('auto', 'classic', 'xcart5', 'plain'), true)) {
            throw Refusal::notConfigured();
        }
        return $config;
    }
}

// -----------------------------------------------------------------------------------------------------------
// The gate: who may call, cheapest check first
// -----------------------------------------------------------------------------------------------------------

/** Bytes that nobody can guess, on every PHP from 5.4 on. */
final class Random
{
    public static function bytes($length)
    {
        if (function_exists('random_bytes')) {
            return random_bytes($length);
        }
        $strong = false;
        $bytes = function_exists('openssl_random_pseudo_bytes')
            ? openssl_random_pseudo_bytes($length, $strong) : false;
        if ($bytes === false || !$strong) {
            throw new Refusal('no source of random numbers', 503, 60);
        }
        return $bytes;
    }

    public static function hex($length)
    {
        return bin2hex(self::bytes($length));
    }

    /** A version id in the form Doctrine writes: X-Cart 5 only asks whether it differs from the last one. */
    public static function guid()
    {
        $hex = self::hex(16);
        return substr($hex, 0, 8) . '-' . substr($hex, 8, 4) . '-4' . substr($hex, 13, 3) . '-a'
            . substr($hex, 17, 3)
            . '-' . substr($hex, 20, 12);
    }
}

/** Comparing secrets takes the same time wherever they differ. */
final class Secret
{
    public static function equal($known, $given)
    {
        if (function_exists('hash_equals')) {
            return hash_equals($known, $given);
        }
        // under a random key the place of the first difference says nothing any more
        $key = Random::bytes(16);
        return hash_hmac('sha256', $known, $key) === hash_hmac('sha256', $given, $key);
    }
}

/** Addresses and ranges, v4 and v6. */
final class Address
{
    public static function isInside($address, $range)
    {
        $parts = explode('/', $range, 2);
        $ip = self::packed($address);
        $net = self::packed($parts[0]);
        if ($ip === null || $net === null || strlen($ip) !== strlen($net)) {
            return false;
        }
        $bits = isset($parts[1]) ? $parts[1] : (string)(strlen($net) * 8);
        if (!preg_match('/^[0-9]{1,3}$/D', $bits) || (int)$bits > strlen($net) * 8) {
            return false;
        }
        return self::prefix($ip, (int)$bits) === self::prefix($net, (int)$bits);
    }

    public static function isInsideAny($address, array $ranges)
    {
        foreach ($ranges as $range) {
            if (self::isInside($address, (string)$range)) {
                return true;
            }
        }
        return false;
    }

    public static function isLoopback($address)
    {
        return self::isInsideAny($address, array('127.0.0.0/8', '::1'));
    }

    /**
     * One guesser's name: an IPv6 customer owns a whole /64, so single addresses would never reach a limit.
     */
    public static function origin($address)
    {
        $ip = self::packed($address);
        if ($ip === null) {
            return 'unknown';
        }
        return bin2hex(strlen($ip) === 16 ? substr($ip, 0, 8) : $ip);
    }

    private static function packed($address)
    {
        $ip = @inet_pton($address);
        if ($ip === false) {
            return null;
        }
        $mapped = str_repeat("\0", 10) . "\xff\xff";     // ::ffff:192.0.2.1 is 192.0.2.1
        return strlen($ip) === 16 && strncmp($ip, $mapped, 12) === 0 ? substr($ip, 12) : $ip;
    }

    private static function prefix($ip, $bits)
    {
        $whole = (int)($bits / 8);
        $result = substr($ip, 0, $whole);
        if ($bits % 8 !== 0) {
            $result .= chr(ord($ip[$whole]) & (0xff << (8 - $bits % 8) & 0xff));
        }
        return $result;
    }
}

/** The checks before the secret: transport, address, form of the request. */
final class Gate
{
    private $config;
    private $server;

    public function __construct(Config $config, array $server)
    {
        $this->config = $config;
        $this->server = $server;
    }

    public function check()
    {
        if (!$this->isProtected()) {
            throw new Refusal('https required');
        }
        if ($this->config->allowedIps && !Address::isInsideAny($this->remote(), $this->config->allowedIps)) {
            throw new Refusal('Access denied');
        }
        if ($this->value('REQUEST_METHOD') !== 'POST') {
            throw new Refusal('POST required', 405);
        }
        $type = strtolower(trim(strtok($this->value('CONTENT_TYPE') . ';', ';')));
        if ($type !== 'application/x-www-form-urlencoded') {
            throw new Refusal('form required', 415);
        }
        $this->checkLength();
    }

    public function remote()
    {
        return $this->value('REMOTE_ADDR');
    }

    private function checkLength()
    {
        $length = $this->value('CONTENT_LENGTH');
        if (!preg_match('/^[0-9]{1,10}$/D', $length)) {
            throw new Refusal('length required', 411);
        }
        // Over post_max_size PHP hands over an empty form: without this check that would look like a wrong
        // password.
        if ((float)$length > MAX_BODY || (float)$length > self::postMaxSize()) {
            throw new Refusal('request too large', 413);
        }
    }

    private function isProtected()
    {
        if ($this->config->allowHttp) {
            return true;
        }
        $https = strtolower($this->value('HTTPS'));
        if ($https !== '' && $https !== 'off') {
            return true;
        }
        if (Address::isInsideAny($this->remote(), $this->config->trustedProxies)) {
            return strtolower(trim($this->value('HTTP_X_FORWARDED_PROTO'))) === 'https';
        }
        return $this->isThisMachine();
    }

    /**
     * Both ends on this machine. A proxy in front also has a loopback address, but it names a host or says
     * for whom.
     */
    private function isThisMachine()
    {
        foreach (array('HTTP_X_FORWARDED_FOR', 'HTTP_FORWARDED', 'HTTP_X_REAL_IP', 'HTTP_VIA') as $trace) {
            if ($this->value($trace) !== '') {
                return false;
            }
        }
        $host = preg_replace('/:[0-9]+$/D', '', $this->value('HTTP_HOST'));
        $host = trim($host, '[]');
        return Address::isLoopback($this->remote()) && ($host === 'localhost' || Address::isLoopback($host));
    }

    private function value($name)
    {
        return isset($this->server[$name]) && is_string($this->server[$name]) ? $this->server[$name] : '';
    }

    private static function postMaxSize()
    {
        $text = trim(Host::setting('post_max_size'));
        $number = (float)$text;
        $unit = strtolower(substr($text, -1));
        $factors = array('k' => 1024, 'm' => 1048576, 'g' => 1073741824);
        $size = isset($factors[$unit]) ? $number * $factors[$unit] : $number;
        return $size > 0 ? $size : MAX_BODY;
    }
}

/**
 * User and secret. Only wrong ones are counted, after the comparison: however many guesses were made, from
 * wherever, the right secret passes, so nobody can lock the owner out.
 */
final class Credentials
{
    private $config;
    private $open;

    /** @param callable $open gives the Keys; only called for a wrong secret or a human password */
    public function __construct(Config $config, $open)
    {
        $this->config = $config;
        $this->open = $open;
    }

    public function areRight(array $form)
    {
        $user = isset($form['setiuser']) ? $form['setiuser'] : '';
        $password = isset($form['password']) ? $form['password'] : '';
        $userIsRight = Secret::equal(hash('sha256', $this->config->user), hash('sha256', $user));
        return $this->isPassword($password) && $userIsRight;
    }

    /** @return Refusal what a wrong secret is told */
    public function wrong($remote)
    {
        $keys = $this->keys();
        if ($keys !== null && $keys->countGuess(Address::origin($remote))) {
            return new Refusal('Access denied', 429, GUESS_SECONDS);
        }
        return new Refusal('Access denied');
    }

    private function isPassword($password)
    {
        if ($this->config->secretSha256 !== '') {
            return Secret::equal(strtolower($this->config->secretSha256), hash('sha256', $password));
        }
        return $this->isHumanPassword($password);
    }

    /**
     * The slow hash would be the limit of the whole connector; a right password is remembered for ten
     * minutes.
     */
    private function isHumanPassword($password)
    {
        if (!function_exists('password_verify')) {
            throw Refusal::notConfigured();
        }
        $proof = hash_hmac('sha256', $password, $this->config->secretHash);
        $keys = $this->keys();
        if ($keys !== null && $keys->remembersPassword($proof)) {
            return true;
        }
        if (!password_verify($password, $this->config->secretHash)) {
            return false;
        }
        if ($keys !== null) {
            $keys->rememberPassword($proof);
        }
        return true;
    }

    private function keys()
    {
        try {
            return call_user_func($this->open);
        } catch (\Exception $e) {
            return null;   // no database: a wrong secret is wrong all the same
        }
    }
}

// -----------------------------------------------------------------------------------------------------------
// Databases
// -----------------------------------------------------------------------------------------------------------

/**
 * One connection. Values travel as parameters, always; table and column names come from this file or the
 * shop's prefix.
 */
abstract class Db
{
    public $forUpdate = ' FOR UPDATE';
    public $greatest = 'GREATEST';
    public $insertIgnore = 'INSERT IGNORE';
    public $isSqlite = false;

    /** @return array list of rows, each a map of column to value */
    abstract public function rows($sql, array $params = array());

    /** @return int number of rows changed */
    abstract public function run($sql, array $params = array());

    /**
     * For columns in utf8mb4. Others keep the narrow one: a parameter of a wider charset than its column
     * loses the index.
     */
    abstract public function useWideCharset();

    abstract public function begin();

    /** A reader's view of one moment, where the engine has one. */
    abstract public function beginSnapshot();

    abstract public function commit();

    /** Never throws: a connection that is gone has rolled back. */
    abstract public function rollBack();

    public function row($sql, array $params = array())
    {
        $rows = $this->rows($sql, $params);
        return $rows ? $rows[0] : null;
    }

    public static function marks(array $values)
    {
        return implode(',', array_fill(0, count($values), '?'));
    }

    /**
     * A string compared with a number makes MySQL compare as numbers, and match every row that starts with no
     * digit.
     */
    protected static function strings(array $params)
    {
        $result = array();
        foreach (array_values($params) as $value) {
            $result[] = is_int($value) ? $value : (string)$value;
        }
        return $result;
    }

    /** SQLite's MAX() puts every text above every number, so digits have to arrive as a number. */
    public static function integer($digits)
    {
        return PHP_INT_SIZE >= 8 ? (int)$digits : (string)$digits;
    }

    /**
     * Strict: a value that does not fit is an error, never silently cut or set to zero. And what stands outside
     * of a transaction counts at once: a server's own default may be to lose it with the connection.
     */
    protected static function mysqlSettings()
    {
        return array(
            'SET SESSION autocommit = 1,'
                . " sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"
                . ' innodb_lock_wait_timeout = ' . LOCK_WAIT_SECONDS
                . ', lock_wait_timeout = ' . LOCK_WAIT_SECONDS . ', wait_timeout = 60',
        );
    }

    /**
     * READ COMMITTED waits for the fewest rows. With a log of statements InnoDB refuses every change under it;
     * there it is REPEATABLE READ, whose plain reads show the moment of the first of them. Nothing of ours may
     * therefore be decided by a plain read: keys by their index, the agent by the UPDATE that counts the key,
     * counts by reads that lock.
     */
    protected function isolate()
    {
        try {
            $log = $this->row('SELECT @@log_bin AS is_on, @@binlog_format AS form');
        } catch (DbError $error) {
            $log = null;    // a server that has no such format refuses nothing
        }
        $isOfStatements = $log !== null && (int)$log['is_on'] === 1
            && strtoupper((string)$log['form']) === 'STATEMENT';
        $this->run('SET SESSION TRANSACTION ISOLATION LEVEL '
            . ($isOfStatements ? 'REPEATABLE READ' : 'READ COMMITTED'));
    }
}

final class MysqliDb extends Db
{
    private $link;

    public function __construct(array $settings)
    {
        // PHP 8.1 throws by default, older ones warn; we look at error numbers
        mysqli_report(MYSQLI_REPORT_OFF);
        $link = mysqli_init();
        $link->options(MYSQLI_OPT_CONNECT_TIMEOUT, 5);
        $flags = 0;
        if ($settings['ssl_ca'] !== '') {
            $link->ssl_set(null, null, $settings['ssl_ca'], null, null);
            $flags = MYSQLI_CLIENT_SSL;
        }
        $socket = $settings['socket'] === '' ? null : $settings['socket'];
        $isOpen = @$link->real_connect($settings['host'], $settings['user'], $settings['password'],
            $settings['name'],
            (int)$settings['port'], $socket, $flags);
        if (!$isOpen || !$link->set_charset($settings['charset'] === '' ? 'utf8' : $settings['charset'])) {
            throw new DbError('connect', 2002);
        }
        $this->link = $link;
        foreach (self::mysqlSettings() as $sql) {
            $this->simple($sql);
        }
        $this->isolate();
    }

    public function rows($sql, array $params = array())
    {
        $statement = $this->execute($sql, $params);
        if (!$statement->store_result()) {
            throw $this->error($statement->errno);
        }
        // Not get_result(): PHP built without mysqlnd does not have it.
        $fields = $statement->result_metadata()->fetch_fields();
        $row = array();
        $bound = array();
        foreach ($fields as $field) {
            $row[$field->name] = null;
            $bound[] = &$row[$field->name];
        }
        call_user_func_array(array($statement, 'bind_result'), $bound);
        $rows = array();
        while (($state = $statement->fetch()) === true) {
            $copy = array();
            foreach ($row as $name => $value) {
                $copy[$name] = $value;
            }
            $rows[] = $copy;
        }
        if ($state === false) {
            throw $this->error($statement->errno);
        }
        $statement->close();
        return $rows;
    }

    public function run($sql, array $params = array())
    {
        $statement = $this->execute($sql, $params);
        $count = $statement->affected_rows;
        $statement->close();
        return $count;
    }

    public function useWideCharset()
    {
        $this->link->set_charset('utf8mb4');
    }

    public function begin()
    {
        $this->simple('START TRANSACTION');
    }

    public function beginSnapshot()
    {
        $this->simple('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        $this->simple('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    }

    public function commit()
    {
        $this->simple('COMMIT');
    }

    public function rollBack()
    {
        @$this->link->query('ROLLBACK');
    }

    private function simple($sql)
    {
        if (@$this->link->query($sql) === false) {
            throw $this->error($this->link->errno);
        }
    }

    private function execute($sql, array $params)
    {
        $statement = @$this->link->prepare($sql);
        if (!$statement) {
            throw $this->error($this->link->errno);
        }
        $values = self::strings($params);
        if ($values) {
            $types = '';
            $arguments = array(&$types);
            foreach ($values as $i => $value) {
                $types .= is_int($value) ? 'i' : 's';
                $arguments[] = &$values[$i];
            }
            call_user_func_array(array($statement, 'bind_param'), $arguments);
        }
        if (!@$statement->execute()) {
            throw $this->error($statement->errno);
        }
        return $statement;
    }

    private function error($number)
    {
        return new DbError('database', (int)$number);
    }
}

/** SQLite for the practice store; MySQL on a PHP that has no mysqli. */
final class PdoDb extends Db
{
    private $pdo;

    public static function sqlite($dsn)
    {
        if (strncmp($dsn, 'sqlite:', 7) !== 0 || !is_file(substr($dsn, 7))) {
            throw new DbError('connect', 2002);
        }
        $db = new PdoDb($dsn, '', '');
        $db->isSqlite = true;
        $db->forUpdate = '';            // BEGIN IMMEDIATE is a lock on everything
        $db->greatest = 'MAX';
        $db->insertIgnore = 'INSERT OR IGNORE';
        $db->run('PRAGMA busy_timeout = ' . LOCK_WAIT_SECONDS * 1000);
        $db->run('PRAGMA synchronous = FULL');
        return $db;
    }

    public static function mysql(array $settings)
    {
        $place = $settings['socket'] !== '' ? 'unix_socket=' . $settings['socket']
            : 'host=' . $settings['host'] . ((int)$settings['port'] > 0 ? ';port=' . (int)$settings['port']
            : '');
        $db = new PdoDb('mysql:' . $place . ';dbname=' . $settings['name'] . ';charset='
            . ($settings['charset'] === '' ? 'utf8' : $settings['charset']), $settings['user'],
            $settings['password'], $settings['ssl_ca'] === '' ? array()
            : array(\PDO::MYSQL_ATTR_SSL_CA => $settings['ssl_ca']));
        foreach (self::mysqlSettings() as $sql) {
            $db->run($sql);
        }
        $db->isolate();
        return $db;
    }

    private function __construct($dsn, $user, $password, array $more = array())
    {
        try {
            $this->pdo = new \PDO($dsn, $user, $password, $more + array(
                \PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION,
                \PDO::ATTR_DEFAULT_FETCH_MODE => \PDO::FETCH_ASSOC,
                \PDO::ATTR_EMULATE_PREPARES => false,
                \PDO::ATTR_TIMEOUT => LOCK_WAIT_SECONDS,
            ));
        } catch (\PDOException $e) {
            throw new DbError('connect', 2002);
        }
    }

    public function rows($sql, array $params = array())
    {
        try {
            return $this->execute($sql, $params)->fetchAll();
        } catch (\PDOException $e) {
            throw $this->error($e);
        }
    }

    public function run($sql, array $params = array())
    {
        try {
            return $this->execute($sql, $params)->rowCount();
        } catch (\PDOException $e) {
            throw $this->error($e);
        }
    }

    public function useWideCharset()
    {
        $this->run('SET NAMES utf8mb4');
    }

    public function begin()
    {
        $this->simple($this->isSqlite ? 'BEGIN IMMEDIATE' : 'START TRANSACTION');
    }

    public function beginSnapshot()
    {
        if ($this->isSqlite) {
            $this->simple('BEGIN');
            return;
        }
        $this->simple('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        $this->simple('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    }

    public function commit()
    {
        $this->simple('COMMIT');
    }

    public function rollBack()
    {
        try {
            $this->pdo->exec('ROLLBACK');
        } catch (\PDOException $e) {
            return;   // nothing is open any more
        }
    }

    private function simple($sql)
    {
        try {
            $this->pdo->exec($sql);
        } catch (\PDOException $e) {
            throw $this->error($e);
        }
    }

    private function execute($sql, array $params)
    {
        $statement = $this->pdo->prepare($sql);
        foreach (self::strings($params) as $i => $value) {
            $statement->bindValue($i + 1, $value, is_int($value) ? \PDO::PARAM_INT : \PDO::PARAM_STR);
        }
        $statement->execute();
        return $statement;
    }

    private function error(\PDOException $e)
    {
        $info = $e->errorInfo;
        return new DbError('database', is_array($info) && isset($info[1]) ? (int)$info[1] : 0);
    }
}

/**
 * Engines and columns of the tables we touch: hosts convert tables and upgrades add columns, so they are
 * asked for.
 */
final class Schema
{
    private $prefix;
    private $engines = array();
    private $columns = array();

    /** @param array $tables names without the prefix */
    public function __construct(Db $db, $prefix, array $tables)
    {
        $this->prefix = $prefix;
        $names = array();
        foreach ($tables as $table) {
            $names[] = $prefix . $table;
        }
        $marks = Db::marks($names);
        $found = $db->rows('SELECT TABLE_NAME AS t, ENGINE AS e FROM information_schema.TABLES'
            . ' WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (' . $marks . ')', $names);
        foreach ($found as $row) {
            $this->engines[$row['t']] = strtolower((string)$row['e']);
        }
        $found = $db->rows('SELECT TABLE_NAME AS t, COLUMN_NAME AS c, CHARACTER_SET_NAME AS s'
            . ' FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('
            . $marks . ')', $names);
        foreach ($found as $row) {
            $this->columns[$row['t']][strtolower($row['c'])] = (string)$row['s'];
        }
    }

    public function hasTable($table)
    {
        return isset($this->engines[$this->prefix . $table]);
    }

    public function hasColumn($table, $column)
    {
        return isset($this->columns[$this->prefix . $table][strtolower($column)]);
    }

    public function charset($table, $column)
    {
        return $this->hasColumn($table, $column) ? $this->columns[$this->prefix . $table][strtolower($column)]
            : '';
    }

    /** @return string lower case; empty for a table that is not there */
    public function engine($table)
    {
        return $this->hasTable($table) ? $this->engines[$this->prefix . $table] : '';
    }

    /** @return string "innodb", or the first other engine among those tables that exist */
    public function commonEngine(array $tables)
    {
        foreach ($tables as $table) {
            if ($this->hasTable($table) && $this->engine($table) !== 'innodb') {
                return $this->engine($table) === '' ? 'unknown' : $this->engine($table);
            }
        }
        return 'innodb';
    }
}

/** Runs work in one transaction; what the caller hears is true whatever happens to the connection. */
final class Transaction
{
    /**
     * @param callable $work returns the answer to commit with, or throws Judged to answer and leave nothing
     * behind
     */
    public static function run(Db $db, $work)
    {
        $start = microtime(true);
        for ($attempt = 1; ; ++$attempt) {
            try {
                $db->begin();
                $answer = call_user_func($work);
            } catch (Judged $judged) {
                $db->rollBack();
                return $judged->answer;
            } catch (Refusal $refusal) {
                $db->rollBack();
                throw $refusal;
            } catch (DbError $error) {
                // A lock wait undoes only its statement, so the rollback is ours to say.
                $db->rollBack();
                self::tryAgainOrGiveUp($error, $attempt, $start);
                continue;
            }
            if (self::commit($db, $attempt, $start)) {
                return $answer;
            }
        }
    }

    /** @return bool false: certainly rolled back, and worth another attempt */
    private static function commit(Db $db, $attempt, $start)
    {
        Doubt::$exists = true;
        try {
            $db->commit();
        } catch (DbError $error) {
            if (!$error->isDeadlock()) {
                throw Refusal::unknown();   // the server may have committed before it went away
            }
            Doubt::$exists = false;         // a cluster's certification failed: rolled back by definition
            $db->rollBack();
            self::tryAgainOrGiveUp($error, $attempt, $start);
            return false;
        }
        Doubt::$exists = false;
        return true;
    }

    private static function tryAgainOrGiveUp(DbError $error, $attempt, $start)
    {
        $isWorthIt = $error->isTransient() || $error->isDuplicate();
        if (!$isWorthIt || $attempt > 3 || microtime(true) - $start > TRY_AGAIN_UNTIL) {
            throw Refusal::busy();
        }
        usleep(mt_rand(5000, 50000));   // jitter: two that collided must not meet again
    }
}

// -----------------------------------------------------------------------------------------------------------
// The shop's files: which generation it is and how its database is reached
// -----------------------------------------------------------------------------------------------------------

/** What the shop's own configuration says. Files are parsed as text; none is run. */
final class ShopFiles
{
    public $kind;
    public $dir;
    public $settings;
    public $prefix;

    private function __construct($kind, $dir, array $settings, $prefix)
    {
        $this->kind = $kind;
        $this->dir = $dir;
        $this->settings = $settings;
        $this->prefix = $prefix;
    }

    /**
     * Looks beside the script and one folder up: the document root of X-Cart 5.5 is the shop's folder
     * `public`.
     */
    public static function find(Config $config)
    {
        $places = $config->shopDir !== '' ? array($config->shopDir) : array(__DIR__, dirname(__DIR__));
        foreach ($places as $dir) {
            foreach (array('env', 'ini', 'classic') as $form) {
                $files = call_user_func(array(__CLASS__, $form), $dir);
                if ($files !== null && ($config->kind === 'auto' || $config->kind === $files->kind)) {
                    return $files->overriddenBy($config->database);
                }
            }
        }
        if (isset($config->database['name']) && $config->kind !== 'auto') {
            $files = new ShopFiles($config->kind, '', self::settings(array()), $config->kind === 'classic'
                ? 'xcart_' : 'xc_');
            return $files->overriddenBy($config->database);
        }
        return null;
    }

    /** A database user of our own, with rights on a few tables only, is better than the shop's. */
    private function overriddenBy(array $database)
    {
        foreach (array('host', 'port', 'socket', 'name', 'user', 'password', 'charset', 'ssl_ca') as $key) {
            if (isset($database[$key]) && is_scalar($database[$key])) {
                $this->settings[$key] = (string)$database[$key];
            }
        }
        if (isset($database['prefix']) && is_string($database['prefix'])) {
            $this->prefix = $database['prefix'];
        }
        if (!preg_match('/^[A-Za-z0-9_]{0,40}$/D', $this->prefix)) {
            throw Refusal::notConfigured();
        }
        return $this;
    }

    /** X-Cart 5.5 and newer: .env files; the real environment wins over them. */
    private static function env($dir)
    {
        $values = array();
        foreach (array('.env', '.env.local') as $name) {
            if (is_file($dir . '/' . $name)) {
                $values = array_merge($values, self::parseEnv((string)file_get_contents($dir . '/' . $name)));
            }
        }
        if (!$values) {
            return null;
        }
        foreach (array('DATABASE_URL', 'DATABASE_UNIX_SOCKET', 'DATABASE_DEFAULT_TABLE_PREFIX') as $name) {
            $real = Host::environment($name);
            if ($real !== '') {
                $values[$name] = $real;
            }
        }
        $url = isset($values['DATABASE_URL']) ? parse_url($values['DATABASE_URL']) : false;
        if (!is_array($url) || !isset($url['scheme'], $url['path'])
            || strncmp($url['scheme'], 'mysql', 5) !== 0) {
            return null;
        }
        $settings = self::settings(array(
            'host' => isset($url['host']) ? $url['host'] : 'localhost',
            'port' => isset($url['port']) ? (string)$url['port'] : '',
            'socket' => isset($values['DATABASE_UNIX_SOCKET']) ? $values['DATABASE_UNIX_SOCKET'] : '',
            'name' => rawurldecode(ltrim($url['path'], '/')),
            'user' => isset($url['user']) ? rawurldecode($url['user']) : '',
            'password' => isset($url['pass']) ? rawurldecode($url['pass']) : '',
        ));
        $prefix = isset($values['DATABASE_DEFAULT_TABLE_PREFIX']) ? $values['DATABASE_DEFAULT_TABLE_PREFIX']
            : 'xc_';
        return new ShopFiles('xcart5', $dir, $settings, $prefix);
    }

    /** X-Cart 5.3 and 5.4: etc/config.php is INI text behind a PHP comment; config.local.php overrides it. */
    private static function ini($dir)
    {
        $values = array();
        foreach (array('config.php', 'config.local.php') as $name) {
            if (is_file($dir . '/etc/' . $name)) {
                $values = array_merge($values, self::parseIni((string)file_get_contents($dir . '/etc/'
                    . $name)));
            }
        }
        if (!isset($values['database'])) {
            return null;
        }
        $get = function ($key, $default) use ($values) {
            return isset($values[$key]) && $values[$key] !== '' ? $values[$key] : $default;
        };
        $settings = self::settings(array(
            'host' => $get('hostspec', 'localhost'), 'port' => $get('port', ''),
            'socket' => $get('socket', ''),
            'name' => $get('database', ''), 'user' => $get('username', ''),
            'password' => $get('password', ''),
        ));
        return new ShopFiles('xcart5', $dir, $settings, $get('table_prefix', 'xc_'));
    }

    /** X-Cart Classic: $sql_... assignments; the last one wins, as it does when PHP runs the two files. */
    private static function classic($dir)
    {
        $values = array();
        foreach (array('config.php', 'config.local.php') as $name) {
            if (is_file($dir . '/' . $name)) {
                $values = array_merge($values, self::parseAssignments((string)file_get_contents($dir . '/'
                    . $name)));
            }
        }
        if (!isset($values['db'], $values['user'])) {
            return null;
        }
        $settings = self::settings(array('name' => $values['db'], 'user' => $values['user'],
            'password' => isset($values['password']) ? $values['password'] : ''));
        $host = explode(':', isset($values['host']) ? $values['host'] : 'localhost', 2);
        $settings['host'] = $host[0] === '' ? 'localhost' : $host[0];
        if (isset($host[1])) {
            $settings[preg_match('/^[0-9]+$/D', $host[1]) ? 'port' : 'socket'] = $host[1];
        }
        // Not $sql_charset: our connection speaks UTF-8 and the server converts, whatever the shop's own one
        // speaks.
        return new ShopFiles('classic', $dir, $settings, self::classicPrefix($dir));
    }

    /** Classic has no setting for its prefix: it is written into the map of tables in init.php. */
    private static function classicPrefix($dir)
    {
        $text = is_file($dir . '/init.php') ? (string)file_get_contents($dir . '/init.php') : '';
        if (preg_match('/[\'"]products[\'"]\s*=>\s*[\'"]([A-Za-z0-9_]{0,40})products[\'"]/', $text, $found)) {
            return $found[1];
        }
        return 'xcart_';
    }

    private static function settings(array $values)
    {
        return array_merge(array('host' => 'localhost', 'port' => '', 'socket' => '', 'name' => '',
            'user' => '',
            'password' => '', 'charset' => '', 'ssl_ca' => ''), $values);
    }

    public static function parseEnv($text)
    {
        $values = array();
        foreach (preg_split('/\r\n|\n|\r/', $text) as $line) {
            if (!preg_match('/^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/D', $line, $found)) {
                continue;
            }
            $raw = trim($found[2]);
            $isLiteral = $raw !== '' && $raw[0] === "'";
            if (preg_match('/^"((?:[^"\\\\]|\\\\.)*)"/', $raw, $quoted)) {
                $raw = stripcslashes($quoted[1]);
            } elseif (preg_match("/^'([^']*)'/", $raw, $quoted)) {
                $raw = $quoted[1];
            } else {
                $raw = rtrim(preg_replace('/\s+#.*$/', '', $raw));
            }
            if (!$isLiteral) {
                $raw = preg_replace_callback('/\$\{([A-Za-z0-9_]+)\}/', function ($name) use ($values) {
                    return isset($values[$name[1]]) ? $values[$name[1]] : Host::environment($name[1]);
                }, $raw);
            }
            $values[$found[1]] = $raw;
        }
        return $values;
    }

    public static function parseIni($text)
    {
        $values = array();
        $section = '';
        foreach (preg_split('/\r\n|\n|\r/', $text) as $line) {
            if (preg_match('/^\s*\[([^\]]+)\]/', $line, $found)) {
                $section = $found[1];
            } elseif ($section === 'database_details'
                && preg_match('/^\s*([a-z_]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\'|([^;]*))/', $line, $found)) {
                $values[$found[1]] = trim($found[2] !== '' ? $found[2]
                    : (isset($found[3]) && $found[3] !== '' ? $found[3]
                    : (isset($found[4]) ? $found[4] : '')));
            }
        }
        return $values;
    }

    public static function parseAssignments($text)
    {
        $values = array();
        $pattern = '/^[ \t]*\$sql_(host|db|user|password)\s*='
            . '\s*(?:\'((?:[^\'\\\\]|\\\\.)*)\'|"((?:[^"\\\\]|\\\\.)*)")\s*;/m';
        preg_match_all($pattern, $text, $found, PREG_SET_ORDER);
        foreach ($found as $one) {
            $raw = isset($one[3]) ? $one[3] : $one[2];
            $values[$one[1]] = preg_replace('/\\\\([\\\\\'"$])/', '$1', $raw);
        }
        return $values;
    }
}

// -----------------------------------------------------------------------------------------------------------
// The key table
// -----------------------------------------------------------------------------------------------------------

/**
 * Remembers every keyed change for ever long enough, in the same transaction as the change.
 *
 * keys: one row per committed key, plus the row '' that carries the store id: made with the table, lost with
 * it.
 * meta: row 'state' (value = the agent we belong to, n = keys ever committed, m = that agent's highest post
 * number);
 *       'top/<agent>' of agents taken over; 'guess/<origin>'; 'password'; 'hold'.
 */
final class Keys
{
    private $db;
    private $keys;
    private $meta;
    private $isInstalled = null;
    private $storeId = null;

    public function __construct(Db $db, $prefix)
    {
        $this->db = $db;
        $this->keys = '`' . $prefix . 'stocktray_keys`';
        $this->meta = '`' . $prefix . 'stocktray_meta`';
    }

    /** @return array the statements of the install step, for hosts where a person has to run them */
    public function createStatements()
    {
        $binary = $this->db->isSqlite ? 'TEXT' : 'VARBINARY(%d)';
        $engine = $this->db->isSqlite ? '' : ' ENGINE=InnoDB';
        $id = sprintf($binary, 64);
        return array(
            'CREATE TABLE IF NOT EXISTS ' . $this->keys . ' (id ' . $id . ' NOT NULL PRIMARY KEY, pair ' . $id
            . ' NOT NULL, agent '
                . $id . ' NOT NULL, number BIGINT NOT NULL, qoh INT NOT NULL, note ' . sprintf($binary, 255)
                . ' NOT NULL, seq BIGINT NOT NULL, created BIGINT NOT NULL'
                . ($this->db->isSqlite ? ')' : ', KEY created (created))' . $engine),
            'CREATE TABLE IF NOT EXISTS ' . $this->meta . ' (name ' . sprintf($binary, 96)
            . ' NOT NULL PRIMARY KEY, value '
                . sprintf($binary, 255) . ' NOT NULL, n BIGINT NOT NULL, m BIGINT NOT NULL)' . $engine,
        );
    }

    /** The install step: only ever in an authenticated sendversion, never in a request that moves stock. */
    public function install()
    {
        if ($this->isInstalled()) {
            return;
        }
        foreach ($this->createStatements() as $sql) {
            try {
                $this->db->run($sql);
            } catch (DbError $error) {
                continue;   // no right to create is told also of a table that a person has made: the rows show
            }
        }
        try {
            if ($this->db->isSqlite) {
                $this->db->run('CREATE INDEX IF NOT EXISTS stocktray_keys_created ON ' . $this->keys
                    . ' (created)');
            }
            $this->db->run($this->db->insertIgnore . ' INTO ' . $this->meta
                . " (name, value, n, m) VALUES ('state', '', 0, 0)");
            $this->db->run($this->db->insertIgnore . ' INTO ' . $this->keys
                . " (id, pair, agent, number, qoh, note, seq, created) VALUES ('', '', '', 0, 0, ?, 0, ?)",
                array(Random::hex(16), time()));
        } catch (DbError $error) {
            $this->isInstalled = null;   // no tables: announced as a problem, everything else works
            return;
        }
        $this->isInstalled = null;
    }

    public function isInstalled()
    {
        if ($this->isInstalled === null) {
            try {
                $this->isInstalled = $this->storeId() !== null && $this->state() !== null;
            } catch (DbError $error) {
                // A database that is going down knows nothing of the tables: no word about another store then.
                // Nor does one that has run out of memory or of files: only what says that they are not there.
                if (!$error->isNotThere()) {
                    throw $error;
                }
                $this->isInstalled = false;
            }
        }
        return $this->isInstalled;
    }

    public function storeId()
    {
        if ($this->storeId === null) {
            $row = $this->db->row('SELECT note FROM ' . $this->keys . " WHERE id = ''");
            $this->storeId = $row === null ? null : (string)$row['note'];
        }
        return $this->storeId;
    }

    /** @return array|null agent, seq, top */
    public function state()
    {
        $row = $this->db->row('SELECT value, n, m FROM ' . $this->meta . " WHERE name = 'state'");
        return $row === null ? null : array('agent' => (string)$row['value'], 'seq' => (string)$row['n'],
            'top' => (string)$row['m']);
    }

    public function topOf($agent)
    {
        $state = $this->state();
        if ($state['agent'] === $agent || $agent === '') {
            return $state['top'];
        }
        $row = $this->db->row('SELECT m FROM ' . $this->meta . ' WHERE name = ?', array('top/' . $agent));
        return $row === null ? '0' : (string)$row['m'];
    }

    /**
     * The two halves of a pair are part of the hash, not its form: text, XML and batch name the same change.
     */
    public static function pairHash($sku, $delta)
    {
        return hash('sha256', $sku . "\0" . $delta);
    }

    /**
     * Throws DbError (duplicate) when the key is there; waits while another sending of it is still at work.
     */
    public function insert($id, $pair, $agent, $number)
    {
        $this->db->run('INSERT INTO ' . $this->keys
            . ' (id, pair, agent, number, qoh, note, seq, created) VALUES (?, ?, ?, ?, 0, ?, 0, ?)',
            array($id, $pair, $agent, $number, '', time()));
    }

    public function remember($id, $qoh, $note, $seq)
    {
        $this->db->run('UPDATE ' . $this->keys . ' SET qoh = ?, note = ?, seq = ? WHERE id = ?',
            array((int)$qoh, substr($note, 0, 255), (string)$seq, $id));
    }

    /** @return array map of key to its row */
    public function lookUp(array $ids)
    {
        $found = array();
        foreach ($this->db->rows('SELECT id, pair, qoh, note, seq FROM ' . $this->keys . ' WHERE id IN ('
            . Db::marks($ids) . ')', $ids) as $row) {
            $found[(string)$row['id']] = $row;
        }
        return $found;
    }

    /**
     * Counts `$keys` more keys and proves, under the row's lock, that this agent is the one we belong to; the
     * first key binds us. Last statement before the commit, so that transactions queue here only for a
     * moment.
     * @return string the counter after it, or null: we belong to another agent
     */
    public function advance($agent, $number, $keys)
    {
        $changed = $this->db->run('UPDATE ' . $this->meta . ' SET n = n + ?, m = ' . $this->db->greatest
            . '(m, ?), value = ?'
            . " WHERE name = 'state' AND value IN ('', ?)",
            array((int)$keys, Db::integer($number), $agent, $agent));
        if ($changed !== 1) {
            return null;
        }
        $state = $this->state();
        return $state['seq'];
    }

    /**
     * The owner confirmed: from now on we belong to `$agent`. The old one's numbers stay known, should it
     * come back.
     */
    public function takeOver($old, $agent)
    {
        $db = $this->db;
        $meta = $this->meta;
        return Transaction::run($db, function () use ($db, $meta, $old, $agent) {
            $row = $db->row('SELECT m FROM ' . $meta . " WHERE name = 'state' AND value = ?" . $db->forUpdate,
                array($old));
            if ($row === null) {
                return false;
            }
            $db->run($db->insertIgnore . ' INTO ' . $meta . " (name, value, n, m) VALUES (?, '', 0, 0)",
                array('top/' . $old));
            $db->run('UPDATE ' . $meta . ' SET m = ? WHERE name = ?',
                array((string)$row['m'], 'top/' . $old));
            $known = $db->row('SELECT m FROM ' . $meta . ' WHERE name = ?', array('top/' . $agent));
            $db->run('UPDATE ' . $meta . " SET value = ?, m = ? WHERE name = 'state'",
                array($agent, $known === null ? '0' : (string)$known['m']));
            return true;
        });
    }

    /** @param string $end 'told' (until repeated=1 is said) or a moment in seconds */
    public function holdPruning($end)
    {
        $this->put('hold', $end, 0);
    }

    public function releasePruning()
    {
        $this->db->run('DELETE FROM ' . $this->meta . " WHERE name = 'hold'");
    }

    /**
     * A database put back from a copy looks like a long silence: keys it lost are about to be repeated, and
     * keys it still has must all be recognised until that is over. Asked in sendversion, which an agent calls
     * before it repeats.
     */
    public function noticeSilence()
    {
        $row = $this->db->row('SELECT MAX(created) AS newest FROM ' . $this->keys . " WHERE id <> ''");
        $hold = $this->db->row('SELECT value FROM ' . $this->meta . " WHERE name = 'hold'");
        $isSilent = $row !== null && $row['newest'] !== null
            && (float)$row['newest'] < time() - SILENCE_SECONDS;
        if ($isSilent && ($hold === null || $hold['value'] !== 'told')) {
            $this->holdPruning((string)(time() + HOLD_SECONDS));
        }
    }

    /**
     * Forgets a few keys that are both old and not among the newest 100,000. Small pieces: the shop is at
     * work.
     */
    public function prune()
    {
        $hold = $this->db->row('SELECT value FROM ' . $this->meta . " WHERE name = 'hold'");
        if ($hold !== null && ($hold['value'] === 'told' || (float)$hold['value'] > time())) {
            return;
        }
        $row = $this->db->row('SELECT n FROM ' . $this->meta . " WHERE name = 'state'");
        $below = (string)((float)$row['n'] - KEEP_NEWEST);
        if ((float)$below <= 0) {
            return;
        }
        $old = $this->db->rows('SELECT id FROM ' . $this->keys
            . " WHERE id <> '' AND created < ? AND seq <= ? LIMIT 500",
            array((string)(time() - KEEP_SECONDS), $below));
        foreach (array_chunk($old, 50) as $chunk) {
            $ids = array();
            foreach ($chunk as $one) {
                $ids[] = (string)$one['id'];
            }
            $this->db->run('DELETE FROM ' . $this->keys . ' WHERE id IN (' . Db::marks($ids) . ')', $ids);
        }
    }

    /** @return bool whether this origin, or all together, guessed too often */
    public function countGuess($origin)
    {
        if (!$this->isInstalled()) {
            return false;
        }
        try {
            $since = time() - GUESS_SECONDS;
            if ($this->guesses('all', $since) >= GUESSES_OVERALL) {
                return true;    // known already: no more writes for a flood
            }
            $this->db->run('DELETE FROM ' . $this->meta . " WHERE name LIKE 'guess/%' AND m < ?",
                array((string)$since));
            $mine = $this->addGuess($origin);
            return $this->addGuess('all') > GUESSES_OVERALL || $mine > GUESSES_PER_ADDRESS;
        } catch (DbError $error) {
            return false;
        }
    }

    public function remembersPassword($proof)
    {
        if (!$this->isInstalled()) {
            return false;
        }
        $row = $this->db->row('SELECT value, n FROM ' . $this->meta . " WHERE name = 'password'");
        return $row !== null && (float)$row['n'] > time() && Secret::equal((string)$row['value'], $proof);
    }

    public function rememberPassword($proof)
    {
        if ($this->isInstalled()) {
            $this->put('password', $proof, time() + GUESS_SECONDS);
        }
    }

    private function guesses($origin, $since)
    {
        $row = $this->db->row('SELECT n FROM ' . $this->meta . ' WHERE name = ? AND m >= ?',
            array('guess/' . $origin, (string)$since));
        return $row === null ? 0 : (int)$row['n'];
    }

    private function addGuess($origin)
    {
        $name = 'guess/' . $origin;
        $this->db->run($this->db->insertIgnore . ' INTO ' . $this->meta
            . " (name, value, n, m) VALUES (?, '', 0, ?)",
            array($name, (string)time()));
        $this->db->run('UPDATE ' . $this->meta . ' SET n = n + 1 WHERE name = ?', array($name));
        $row = $this->db->row('SELECT n FROM ' . $this->meta . ' WHERE name = ?', array($name));
        return $row === null ? 0 : (int)$row['n'];
    }

    private function put($name, $value, $n)
    {
        $this->db->run($this->db->insertIgnore . ' INTO ' . $this->meta
            . " (name, value, n, m) VALUES (?, '', 0, 0)", array($name));
        $this->db->run('UPDATE ' . $this->meta . ' SET value = ?, n = ? WHERE name = ?',
            array($value, (string)$n, $name));
    }
}

// -----------------------------------------------------------------------------------------------------------
// Shops
// -----------------------------------------------------------------------------------------------------------

/**
 * One place where a count is kept, as found in the database.
 * It is tracked unless `$notTracked` says why not.
 */
final class Item
{
    public $kind;           // 'p' a product, 'v' a variant
    public $id;
    public $productId;
    public $sku;
    public $name = '';
    public $count;
    public $notTracked = null;

    public function __construct($kind, $id, $productId, $sku, $count)
    {
        $this->kind = $kind;
        $this->id = (int)$id;
        $this->productId = (int)$productId;
        $this->sku = (string)$sku;
        $this->count = (int)$count;
    }

    public function ref()
    {
        return $this->kind . $this->id;
    }
}

/** What the orders of a shop hold of one item. */
final class Held
{
    public $orders = array();   // order number => pieces
    public $open = 0;
    public $back = 0;

    public function add($number, $pieces)
    {
        $this->orders[$number] = (isset($this->orders[$number]) ? $this->orders[$number] : 0) + $pieces;
    }
}

/** A kind of shop: where its counts are and how it sells. */
abstract class Shop
{
    public $db;
    public $prefix;

    /** @return bool whether a count below zero becomes zero */
    abstract public function clamps();

    /**
     * @return string the engine of the tables that a stock change writes, "innodb" and "sqlite" being safe
     * ones
     */
    abstract public function stockEngine();

    abstract public function ordersAreTransactional();

    /** @return bool whether the key tables, if there are any, take back what the stock tables take back */
    public function keysAreTransactional()
    {
        return true;
    }

    /**
     * @return array<Item> every row whose SKU the database calls equal to one of these; in id order if locked
     */
    abstract public function equalTo(array $skus, $lock);

    /** Adds to the count with one statement that no other writer can come between. */
    abstract public function add(Item $item, $delta);

    abstract public function set(Item $item, $count);

    /** @return int the count as it stands behind our own change, which the row's lock keeps as it is */
    abstract public function count(Item $item);

    /** What else the shop derives from its counts, in the same transaction. */
    abstract public function changed(array $items);

    abstract public function itemCount();

    /** @return array<Item> */
    abstract public function pageAfter($kind, $id, $limit);

    /** @return array<Item> */
    abstract public function pageFrom($offset, $limit);

    abstract public function orderCount($above);

    abstract public function topOrder();

    /** @return array<Held> by Item::ref() */
    abstract public function held(array $items, $above, array $also);

    /** Called after the commit, for what has no transactions anyway. */
    public function committed(array $items)
    {
    }

    /**
     * @return bool whether the request's first write, which reported an error, may have changed a row. Only
     * asked where the engine takes nothing back.
     */
    public function mayHaveWritten()
    {
        return true;
    }

    /** @return string a short word for the announcement when the owner has to do something, or '' */
    public function problem()
    {
        return '';
    }

    public function maxSkuLength()
    {
        return 32;
    }

    /** @return bool whether SKUs may hold characters of four bytes */
    public function isWide()
    {
        return true;
    }

    public function isTransactional()
    {
        return in_array($this->stockEngine(), array('innodb', 'sqlite'), true);
    }

    protected function table($name)
    {
        return '`' . $this->prefix . $name . '`';
    }

    protected static function ids(array $items)
    {
        $ids = array();
        foreach ($items as $item) {
            $ids[] = $item->id;
        }
        sort($ids);
        return $ids;
    }

    protected static function ofKind(array $items, $kind)
    {
        $result = array();
        foreach ($items as $item) {
            if ($item->kind === $kind) {
                $result[] = $item;
            }
        }
        return $result;
    }

    /**
     * Products come before variants, each by id: a stable order, so that pages neither overlap nor leave
     * gaps.
     */
    protected function pageOverBoth($offset, $limit, $products)
    {
        $items = $offset < $products ? $this->slice('p', $offset, $limit) : array();
        $rest = $limit - count($items);
        if ($rest > 0) {
            $items = array_merge($items, $this->slice('v', max(0, $offset - $products), $rest));
        }
        return $items;
    }

    /** @return array<Item> */
    protected function slice($kind, $offset, $limit)
    {
        return $this->listed($kind, -1, $limit, $offset);
    }

    /** @return array<Item> */
    protected function listed($kind, $afterId, $limit, $offset)
    {
        return array();
    }

    protected static function isGivenBackLately($moment)
    {
        return (float)$moment >= time() - BACK_SECONDS;
    }
}

/** What the two real generations share: products and variants in two tables of MySQL. */
abstract class MysqlShop extends Shop
{
    private static $ownTables = array('stocktray_keys', 'stocktray_meta');

    protected $schema;

    public function __construct(Db $db, $prefix, array $tables)
    {
        $this->db = $db;
        $this->prefix = $prefix;
        $this->schema = new Schema($db, $prefix, array_merge($tables, self::$ownTables));
        if (!$this->schema->hasTable('products')) {
            throw Refusal::noDatabase('no products table with this prefix');
        }
        if (!$this->isTransactional()) {
            $db->forUpdate = '';    // would lock whole tables against the shop for the length of a read
        }
    }

    public function isWide()
    {
        $column = substr($this->skuColumn('p'), 2);
        return $this->schema->charset('products', $column) === 'utf8mb4';
    }

    /** @return array<Item> items by one column; `$suffix` is ORDER BY, LIMIT or a lock */
    abstract protected function products($where, array $params, $suffix);

    /** @return array<Item> */
    abstract protected function variants($where, array $params, $suffix);

    abstract protected function skuColumn($kind);

    abstract protected function idColumn($kind);

    abstract protected function hasVariants();

    /** @return bool whether the shop has one over the SKUs of both tables */
    abstract protected function hasSkuIndex();

    /**
     * The index finds what the database calls equal (case, accents, blanks at the end); the caller compares
     * bytes. Many are locked by primary key in id order, products first: two batches then wait for each
     * other, never in a circle. So is a single one where its column has no index: a read that locks would
     * wait for every row of the table.
     */
    public function equalTo(array $skus, $lock)
    {
        $isSingle = count($skus) === 1 && $this->hasSkuIndex();
        $suffix = $lock && $isSingle ? $this->db->forUpdate : '';
        $items = $this->bySku('p', $skus, $suffix);
        if ($this->hasVariants()) {
            $items = array_merge($items, $this->bySku('v', $skus, $suffix));
        }
        return $lock && !$isSingle ? $this->locked($items) : $items;
    }

    /**
     * The new value of a count. Where the engine takes nothing back, working it out leaves a mark in the
     * session: an error's number alone says nothing, because a trigger can fail in any way after the row
     * behind it has moved.
     */
    protected function value($expression)
    {
        return $this->isTransactional() ? $expression : '(@stocktray := ' . $expression . ')';
    }

    public function mayHaveWritten()
    {
        try {
            $row = $this->db->row('SELECT @stocktray AS mark');
            return $row['mark'] !== null;
        } catch (DbError $error) {
            return true;    // nobody is there any more who could say
        }
    }

    /** Some hosts turn every table into MyISAM when they put a copy back. */
    public function keysAreTransactional()
    {
        return $this->schema->commonEngine(self::$ownTables) === 'innodb';
    }

    /** A damaged table keeps its name and engine in the catalogue; only opening it shows. */
    public function problem()
    {
        try {
            $this->listed('p', -1, 1, 0);
            if ($this->hasVariants()) {
                $this->listed('v', -1, 1, 0);
            }
        } catch (DbError $error) {
            return 'repair_tables';
        }
        return $this->keysAreTransactional() ? '' : 'keys_engine';
    }

    public function itemCount()
    {
        $count = $this->countListed('p');
        return $this->hasVariants() ? $count + $this->countListed('v') : $count;
    }

    public function pageAfter($kind, $id, $limit)
    {
        $items = $kind === 'p' ? $this->listed('p', $id, $limit, 0) : array();
        $rest = $limit - count($items);
        if ($rest > 0 && $this->hasVariants()) {
            $items = array_merge($items, $this->listed('v', $kind === 'v' ? $id : -1, $rest, 0));
        }
        return $items;
    }

    public function pageFrom($offset, $limit)
    {
        if (!$this->hasVariants()) {
            return $this->slice('p', $offset, $limit);
        }
        return $this->pageOverBoth($offset, $limit, $this->countListed('p'));
    }

    protected function listed($kind, $afterId, $limit, $offset)
    {
        $sku = $this->skuColumn($kind);
        $id = $this->idColumn($kind);
        $suffix = ' ORDER BY ' . $id . ' LIMIT ' . (int)$limit
            . ((int)$offset > 0 ? ' OFFSET ' . (int)$offset : '');
        return $this->ofTable($kind, $sku . " > '' AND " . $id . ' > ?', array((int)$afterId), $suffix);
    }

    private function bySku($kind, array $skus, $suffix)
    {
        $fitting = $this->fitting($kind, $skus);
        return !$fitting ? array() : $this->ofTable($kind, $this->skuColumn($kind)
            . ' IN (' . Db::marks($fitting) . ')', $fitting, $suffix);
    }

    /**
     * One SKU with a character that the column's charset lacks is no row's; to the server it is an error that
     * ends the whole question.
     * @return array those of the SKUs that the column can hold
     */
    private function fitting($kind, array $skus)
    {
        $charset = $this->schema->charset($kind === 'p' ? 'products' : $this->variantTable(),
            substr($this->skuColumn($kind), 2));
        $isUnicode = in_array($charset, array('', 'binary', 'utf8', 'utf8mb3', 'utf8mb4', 'ucs2', 'utf16',
            'utf16le', 'utf32'), true);
        $fitting = $isUnicode ? $skus : preg_grep('/^[\x20-\x7e]*$/D', $skus);
        $doubtful = array_values(array_diff($skus, $fitting));
        if ($doubtful) {
            $there = 'CONVERT(CONVERT(? USING ' . preg_replace('/[^0-9A-Za-z_]/', '', $charset)
                . ') USING utf8) AS s';
            $row = $this->db->row('SELECT ' . implode(', ', array_map(function ($n) use ($there) {
                return $there . $n;
            }, array_keys($doubtful))), $doubtful);
            foreach ($doubtful as $n => $sku) {
                if ((string)$row['s' . $n] === $sku) {
                    $fitting[] = $sku;
                }
            }
        }
        return array_values($fitting);
    }

    private function locked(array $items)
    {
        $result = array();
        foreach (array('p', 'v') as $kind) {
            $ids = self::ids(self::ofKind($items, $kind));
            if ($ids) {
                $id = $this->idColumn($kind);
                $found = $this->ofTable($kind, $id . ' IN (' . Db::marks($ids) . ')', $ids,
                    ' ORDER BY ' . $id . $this->db->forUpdate);
                $result = array_merge($result, $found);
            }
        }
        return $result;
    }

    private function ofTable($kind, $where, array $params, $suffix)
    {
        return $kind === 'p' ? $this->products($where, $params, $suffix)
            : $this->variants($where, $params, $suffix);
    }

    private function countListed($kind)
    {
        $row = $this->db->row('SELECT COUNT(*) AS n FROM '
            . $this->table($kind === 'p' ? 'products' : $this->variantTable())
            . ' ' . ($kind === 'p' ? 'p' : 'v') . ' WHERE ' . $this->skuColumn($kind) . " > ''");
        return (int)$row['n'];
    }

    abstract protected function variantTable();
}

/**
 * X-Cart Classic 4.x. Counts may be negative. The shop takes pieces when an order is placed, whatever its
 * state, and gives them back when it is declined, failed or deleted unfinished; it does so with atomic
 * statements, so its differences and ours never lose one another.
 */
final class ClassicShop extends MysqlShop
{
    /**
     * "Not finished": the buyer is still at the payment page, the pieces are held all the same. Not so those of
     * X, with which older X-Payments begin: there they are taken with the payment.
     */
    private static $unfinished = array('I');
    private static $untouched = array('X');
    private static $givenBack = array('D', 'F');

    private $isUnlimited = false;
    private $modules = array();

    public function __construct(Db $db, $prefix)
    {
        parent::__construct($db, $prefix, array('products', 'variants', 'quick_flags', 'config', 'modules',
            'orders',
            'order_details', 'order_status_history', 'products_lng_current'));
        if ($this->schema->hasTable('config')) {
            $row = $db->row('SELECT value FROM ' . $this->table('config')
                . " WHERE name = 'unlimited_products'");
            $this->isUnlimited = $row !== null && $row['value'] === 'Y';
        }
        if ($this->schema->hasTable('modules')) {
            foreach ($db->rows('SELECT module_name FROM ' . $this->table('modules')
                . " WHERE active = 'Y' AND module_name IN"
                . " ('Egoods', 'Product_Configurator', 'Product_Options')") as $row) {
                $this->modules[$row['module_name']] = true;
            }
        }
    }

    protected function hasSkuIndex()
    {
        return true;
    }

    public function clamps()
    {
        return false;
    }

    public function stockEngine()
    {
        return $this->schema->commonEngine(array('products', 'variants'));
    }

    public function ordersAreTransactional()
    {
        return $this->schema->hasTable('orders') && $this->schema->hasTable('order_details')
            && $this->schema->commonEngine(array('orders', 'order_details')) === 'innodb';
    }

    public function add(Item $item, $delta)
    {
        $this->db->run('UPDATE ' . $this->table($this->tableOf($item)) . ' SET avail = '
            . $this->value('avail + ?') . ' WHERE '
            . $this->plainId($item) . ' = ?', array((int)$delta, $item->id));
    }

    public function set(Item $item, $count)
    {
        $this->db->run('UPDATE ' . $this->table($this->tableOf($item)) . ' SET avail = '
            . $this->value('?') . ' WHERE ' . $this->plainId($item) . ' = ?', array((int)$count, $item->id));
    }

    public function count(Item $item)
    {
        $row = $this->db->row('SELECT avail FROM ' . $this->table($this->tableOf($item)) . ' WHERE '
            . $this->plainId($item) . ' = ?' . $this->db->forUpdate, array($item->id));
        return (int)$row['avail'];
    }

    public function changed(array $items)
    {
        if ($this->schema->engine('quick_flags') === 'innodb') {
            $this->renewFlags($items);
        }
    }

    /**
     * A flag table without transactions is written last: it follows from the counts, so writing it twice does
     * no harm.
     */
    public function committed(array $items)
    {
        if ($this->schema->hasTable('quick_flags') && $this->schema->engine('quick_flags') !== 'innodb') {
            $this->renewFlags($items);
        }
    }

    public function orderCount($above)
    {
        $others = array_merge(self::$unfinished, self::$untouched);
        $row = $this->db->row('SELECT COUNT(*) AS n FROM ' . $this->table('orders')
            . ' WHERE orderid > ? AND status NOT IN ('
            . Db::marks($others) . ')', array_merge(array((string)$above), $others));
        return (int)$row['n'];
    }

    public function topOrder()
    {
        $row = $this->db->row('SELECT MAX(orderid) AS n FROM ' . $this->table('orders'));
        return (string)(int)$row['n'];
    }

    /**
     * An order line names the product and the code of the variant that was sold. When pieces were given back
     * is only known to the status history of an optional module; without it an order of the last week counts
     * as just now.
     */
    public function held(array $items, $above, array $also)
    {
        $byProduct = array();
        $held = array();
        foreach ($items as $item) {
            $byProduct[$item->productId][] = $item;
            $held[$item->ref()] = new Held();
        }
        foreach ($this->orderLines(array_keys($byProduct), $above, $also) as $line) {
            foreach ($byProduct[(int)$line['productid']] as $item) {
                if ($item->kind === 'p' || $item->sku === (string)$line['productcode']) {
                    $this->account($held[$item->ref()], $line, $above, $also);
                }
            }
        }
        return $held;
    }

    private function account(Held $held, array $line, $above, array $also)
    {
        if (in_array($line['status'], self::$untouched, true)) {
            return;
        }
        $pieces = in_array($line['status'], self::$givenBack, true) ? 0 : (int)$line['amount'];
        $number = (string)$line['orderid'];
        $isUnfinished = in_array($line['status'], self::$unfinished, true);
        // However old: nobody has imported it, and its pieces come back when it is deleted.
        if ($isUnfinished || (float)$number > (float)$above || in_array($number, $also, true)) {
            $held->add($number, $pieces);
        }
        $held->open += $isUnfinished ? $pieces : 0;
        $isHistoryKnown = $line['changed'] !== null;
        $isRecent = $isHistoryKnown ? self::isGivenBackLately($line['changed'])
            : (float)$line['date'] >= time() - 604800;
        if ($pieces === 0 && $isRecent) {
            $held->back += (int)$line['amount'];
        }
    }

    private function orderLines(array $products, $above, array $also)
    {
        $hasHistory = $this->schema->hasTable('order_status_history');
        $changed = $hasHistory ? '(SELECT MAX(h.date_time) FROM ' . $this->table('order_status_history')
            . ' h WHERE h.orderid = o.orderid)' : 'NULL';
        $sql = 'SELECT d.productid, d.productcode, d.amount, o.orderid, o.status, o.date, ' . $changed
            . ' AS changed FROM '
            . $this->table('order_details') . ' d JOIN ' . $this->table('orders')
            . ' o ON o.orderid = d.orderid'
            . ' WHERE d.productid IN (' . Db::marks($products) . ') AND (o.orderid > ?'
            . ($also ? ' OR o.orderid IN (' . Db::marks($also) . ')' : '')
            . ' OR o.status IN (' . Db::marks(self::$unfinished) . ')'
            . ' OR o.status IN (' . Db::marks(self::$givenBack) . '))';
        return $this->db->rows($sql, array_merge($products, array((string)$above), $also, self::$unfinished,
            self::$givenBack));
    }

    protected function products($where, array $params, $suffix)
    {
        $variants = $this->hasVariants() ? 'EXISTS (SELECT 1 FROM ' . $this->table('variants')
            . ' x WHERE x.productid = p.productid)' : '0';
        $type = $this->schema->hasColumn('products', 'product_type') ? 'p.product_type' : "'N'";
        $file = $this->schema->hasColumn('products', 'distribution') ? 'p.distribution' : "''";
        $name = $this->schema->hasColumn('products', 'product') ? 'p.product' : "''";
        $items = array();
        foreach ($this->db->rows('SELECT p.productid, p.productcode, p.avail, ' . $type . ' AS type, ' . $file
            . ' AS file, '
            . $name . ' AS name, ' . $variants . ' AS has_variants FROM ' . $this->table('products')
            . ' p WHERE ' . $where
            . $suffix, $params) as $row) {
            $item = new Item('p', $row['productid'], $row['productid'], $row['productcode'], $row['avail']);
            $item->name = (string)$row['name'];
            $item->notTracked = $this->whyNot($row['type'], $row['file'], (int)$row['has_variants']);
            $items[] = $item;
        }
        return $items;
    }

    protected function variants($where, array $params, $suffix)
    {
        $items = array();
        foreach ($this->db->rows('SELECT v.variantid, v.productid, v.productcode, v.avail FROM '
            . $this->table('variants')
            . ' v WHERE ' . $where . $suffix, $params) as $row) {
            $item = new Item('v', $row['variantid'], $row['productid'], $row['productcode'], $row['avail']);
            $item->notTracked = $this->isUnlimited ? 'stock is unlimited' : null;
            $items[] = $item;
        }
        return $items;
    }

    protected function skuColumn($kind)
    {
        return $kind === 'p' ? 'p.productcode' : 'v.productcode';
    }

    protected function idColumn($kind)
    {
        return $kind === 'p' ? 'p.productid' : 'v.variantid';
    }

    protected function variantTable()
    {
        return 'variants';
    }

    protected function hasVariants()
    {
        return $this->schema->hasTable('variants')
            && (!$this->schema->hasTable('modules') || isset($this->modules['Product_Options']));
    }

    private function whyNot($type, $file, $hasVariants)
    {
        if ($this->isUnlimited) {
            return 'stock is unlimited';
        }
        if ($hasVariants) {
            return 'its variants are sold';     // the parent's own number is not what buyers see
        }
        if ($type === 'C' && isset($this->modules['Product_Configurator'])) {
            return 'configurable product';
        }
        return (string)$file !== '' && isset($this->modules['Egoods']) ? 'downloadable product' : null;
    }

    /** The shop's own rule: 'E' when the best stocked variant has exactly none, else 'Y'. */
    private function renewFlags(array $items)
    {
        foreach (self::ofKind($items, 'v') as $item) {
            $row = $this->db->row('SELECT MAX(avail) AS best FROM ' . $this->table('variants')
                . ' WHERE productid = ?',
                array($item->productId));
            $this->db->run('UPDATE ' . $this->table('quick_flags')
                . " SET is_variants = ? WHERE productid = ? AND is_variants <> ''",
                array((int)$row['best'] === 0 ? 'E' : 'Y', $item->productId));
        }
    }

    private function tableOf(Item $item)
    {
        return $item->kind === 'p' ? 'products' : 'variants';
    }

    private function plainId(Item $item)
    {
        return $item->kind === 'p' ? 'productid' : 'variantid';
    }
}

/**
 * X-Cart 5. Counts end at zero. The shop itself reads, adds and writes a number; a difference of ours between
 * its read and its write is lost by the shop, and only an audit can see that. Lists are cached under version
 * ids that we must renew.
 */
final class XCart5Shop extends MysqlShop
{
    public function __construct(Db $db, $prefix)
    {
        parent::__construct($db, $prefix, array('products', 'product_variants', 'product_translations',
            'entity_type_versions',
            'orders', 'order_items', 'order_status_properties', 'order_payment_statuses'));
        if (!$this->schema->hasColumn('products', 'amount')) {
            throw Refusal::noDatabase('X-Cart 5.3 or newer is needed');     // before it a table of its own has the counts
        }
    }

    protected function hasSkuIndex()
    {
        return false;   // the shop declares none for variants
    }

    public function clamps()
    {
        return true;
    }

    public function stockEngine()
    {
        return $this->schema->commonEngine(array('products', 'product_variants', 'entity_type_versions'));
    }

    public function ordersAreTransactional()
    {
        return $this->schema->hasTable('orders') && $this->schema->hasTable('order_items')
            && $this->schema->commonEngine(array('orders', 'order_items', 'order_status_properties',
            'order_payment_statuses'))
                === 'innodb';
    }

    public function add(Item $item, $delta)
    {
        // amount is unsigned: without the cast a result below zero is an error instead of a zero
        $this->db->run('UPDATE ' . $this->table($this->tableOf($item))
            . ' SET amount = ' . $this->value('GREATEST(0, CAST(amount AS SIGNED) + ?)')
            . ' WHERE ' . $this->plainId($item) . ' = ?', array((int)$delta, $item->id));
    }

    public function set(Item $item, $count)
    {
        $this->db->run('UPDATE ' . $this->table($this->tableOf($item)) . ' SET amount = '
            . $this->value('?') . ' WHERE ' . $this->plainId($item) . ' = ?',
            array(max(0, (int)$count), $item->id));
    }

    public function count(Item $item)
    {
        $row = $this->db->row('SELECT amount FROM ' . $this->table($this->tableOf($item)) . ' WHERE '
            . $this->plainId($item)
            . ' = ?' . $this->db->forUpdate, array($item->id));
        return (int)$row['amount'];
    }

    /** Without new version ids the shop's widget cache shows old stock marks. */
    public function changed(array $items)
    {
        $sets = array();
        $values = array();
        if ($this->schema->hasColumn('products', 'entityVersion')) {
            $sets[] = 'entityVersion = ?';
            $values[] = Random::guid();
        }
        if ($this->schema->hasColumn('products', 'updateDate')) {
            $sets[] = 'updateDate = ?';
            $values[] = time();
        }
        $products = array();
        foreach ($items as $item) {
            $products[$item->productId] = $item->productId;
        }
        sort($products);
        if ($sets) {
            $this->db->run('UPDATE ' . $this->table('products') . ' SET ' . implode(', ', $sets)
                . ' WHERE product_id IN ('
                . Db::marks($products) . ')', array_merge($values, $products));
        }
        if ($this->schema->hasColumn('entity_type_versions', 'version')) {
            $this->renewTypes((bool)self::ofKind($items, 'v'));
        }
    }

    private function renewTypes($hasVariants)
    {
        $types = array('XLite\\Model\\Product');
        if ($hasVariants) {
            $types[] = 'XC\\ProductVariants\\Model\\ProductVariant';
            $types[] = 'XLite\\Module\\XC\\ProductVariants\\Model\\ProductVariant';
        }
        $this->db->run('UPDATE ' . $this->table('entity_type_versions')
            . ' SET version = ? WHERE entityType IN ('
            . Db::marks($types) . ')', array_merge(array(Random::guid()), $types));
    }

    public function orderCount($above)
    {
        $row = $this->db->row('SELECT COUNT(*) AS n FROM ' . $this->table('orders')
            . " WHERE is_order = 1 AND orderNumber > '' AND CAST(orderNumber AS UNSIGNED) > ?",
            array((string)$above));
        return (int)$row['n'];
    }

    public function topOrder()
    {
        $row = $this->db->row('SELECT MAX(CAST(orderNumber AS UNSIGNED)) AS n FROM ' . $this->table('orders')
            . " WHERE is_order = 1 AND orderNumber > ''");
        return $row['n'] === null ? '0' : (string)$row['n'];
    }

    public function held(array $items, $above, array $also)
    {
        $byRef = array();
        $products = array();
        foreach ($items as $item) {
            $byRef[$item->ref()] = new Held();
            $products[$item->productId] = $item->productId;
        }
        foreach ($this->orderLines(array_values($products), $above, $also) as $line) {
            $ref = (int)$line['owns_stock'] === 1 ? 'v' . $line['variant_id'] : 'p' . $line['object_id'];
            if (isset($byRef[$ref])) {
                $this->account($byRef[$ref], $line, $above, $also);
            }
        }
        return $byRef;
    }

    private function account(Held $held, array $line, $above, array $also)
    {
        // what was ordered beyond the stock was never taken
        $amount = (int)$line['amount'] - (int)$line['backordered'];
        $isHolding = $this->isHolding($line);
        $number = (int)$line['is_order'] === 1 ? (string)$line['orderNumber'] : '';
        if ($number === '') {
            // Without a number yet, or for ever: under one that no order has.
            if ($isHolding) {
                $held->add('open-' . $line['order_id'], $amount);
                $held->open += $amount;
            }
        } elseif ((float)$number > (float)$above || in_array($number, $also, true)) {
            $held->add($number, $isHolding ? $amount : 0);
        }
        if (!$isHolding && (int)$line['is_order'] === 1 && self::isGivenBackLately($line['changed'])) {
            $held->back += $amount;
        }
    }

    /**
     * The order itself remembers whether its stock is reduced or was increased again. Where it does not say,
     * the pair of its states decides; where that is silent too, cancelled and declined orders have given
     * their pieces back.
     */
    private function isHolding(array $line)
    {
        if ($line['stockStatus'] === 'reduced') {
            return true;
        }
        if ($line['stockStatus'] === 'increased' || (int)$line['is_order'] !== 1) {
            return false;
        }
        if ($line['incStock'] !== null) {
            return (int)$line['incStock'] === 0;
        }
        return !in_array($line['payment'], array('C', 'D'), true);
    }

    private function orderLines(array $products, $above, array $also)
    {
        $has = $this->schema;
        $hasVariant = $has->hasColumn('order_items', 'variant_id') && $this->hasVariants();
        $hasStatus = $has->hasColumn('orders', 'stockStatus');
        $hasRules = $has->hasColumn('order_status_properties', 'incStock');
        $hasPayment = $has->hasColumn('order_payment_statuses', 'code');
        $changed = $has->hasColumn('orders', 'lastRenewDate') ? $this->db->greatest
            . '(o.lastRenewDate, o.date)' : 'o.date';
        $sql = 'SELECT i.object_id, i.amount, o.order_id, o.is_order, o.orderNumber, ' . $changed . ' AS changed, '
            . ($has->hasColumn('order_items', 'backorderedAmount') ? 'i.backorderedAmount' : '0')
            . ' AS backordered, '
            . ($hasStatus ? 'o.stockStatus' : "''") . ' AS stockStatus, '
            . ($hasRules ? '(SELECT r.incStock FROM ' . $this->table('order_status_properties')
            . ' r WHERE r.payment_status_id = o.payment_status_id'
            . ' AND r.shipping_status_id = o.shipping_status_id ORDER BY r.id LIMIT 1)' : 'NULL') . ' AS incStock, '
            . ($hasPayment ? 's.code' : "''") . ' AS payment, '
            . ($hasVariant ? 'i.variant_id, COALESCE(v.defaultAmount = 0, 0)' : '0 AS variant_id, 0')
            . ' AS owns_stock FROM '
            . $this->table('order_items') . ' i JOIN ' . $this->table('orders')
            . ' o ON o.order_id = i.order_id'
            . ($hasVariant ? ' LEFT JOIN ' . $this->table('product_variants') . ' v ON v.id = i.variant_id'
            : '')
            . ($hasPayment ? ' LEFT JOIN ' . $this->table('order_payment_statuses')
            . ' s ON s.id = o.payment_status_id' : '')
            . ' WHERE i.object_id IN (' . Db::marks($products) . ') AND (o.is_order = 1 OR '
            . ($hasStatus ? "o.stockStatus = 'reduced'" : '0')
            . ") AND (o.orderNumber IS NULL OR o.orderNumber = ''"
            . ' OR CAST(o.orderNumber AS UNSIGNED) > ? OR ' . $changed . ' >= ?'
            . ($also ? ' OR o.orderNumber IN (' . Db::marks($also) . ')' : '') . ')';
        return $this->db->rows($sql, array_merge($products, array((string)$above, time() - BACK_SECONDS),
            $also));
    }

    protected function products($where, array $params, $suffix)
    {
        $hasNames = $this->schema->hasColumn('product_translations', 'name');
        $name = $hasNames ? '(SELECT MIN(t.name) FROM ' . $this->table('product_translations')
            . " t WHERE t.id = p.product_id AND t.code = 'en')" : "''";
        $items = array();
        foreach ($this->db->rows('SELECT p.product_id, p.sku, p.amount, p.inventoryEnabled, ' . $name
            . ' AS name FROM '
            . $this->table('products') . ' p WHERE ' . $where . $suffix, $params) as $row) {
            $item = new Item('p', $row['product_id'], $row['product_id'], $row['sku'], $row['amount']);
            $item->name = (string)$row['name'];
            $item->notTracked = (int)$row['inventoryEnabled'] === 0 ? 'tracking is off' : null;
            $items[] = $item;
        }
        return $items;
    }

    protected function variants($where, array $params, $suffix)
    {
        $items = array();
        foreach ($this->db->rows('SELECT v.id, v.product_id, v.sku, v.amount, v.defaultAmount,'
            . ' p.inventoryEnabled, p.sku AS parent FROM ' . $this->table('product_variants')
            . ' v JOIN ' . $this->table('products')
            . ' p ON p.product_id = v.product_id WHERE ' . $where . $suffix, $params) as $row) {
            $item = new Item('v', $row['id'], $row['product_id'], $row['sku'], $row['amount']);
            if ((int)$row['defaultAmount'] !== 0) {
                $item->notTracked = 'shares stock with ' . $row['parent'];
            } elseif ((int)$row['inventoryEnabled'] === 0) {
                $item->notTracked = 'tracking is off';
            }
            $items[] = $item;
        }
        return $items;
    }

    protected function skuColumn($kind)
    {
        return $kind === 'p' ? 'p.sku' : 'v.sku';
    }

    protected function idColumn($kind)
    {
        return $kind === 'p' ? 'p.product_id' : 'v.id';
    }

    protected function variantTable()
    {
        return 'product_variants';
    }

    protected function hasVariants()
    {
        return $this->schema->hasTable('product_variants');
    }

    private function tableOf(Item $item)
    {
        return $item->kind === 'p' ? 'products' : 'product_variants';
    }

    private function plainId(Item $item)
    {
        return $item->kind === 'p' ? 'product_id' : 'id';
    }
}

/**
 * The practice store: one SQLite file with the same manners as X-Cart 5, or as Classic where `clamps` is off.
 */
final class PlainShop extends Shop
{
    private $clamps;

    public function __construct(Db $db, $clamps)
    {
        $this->db = $db;
        $this->prefix = '';
        $this->clamps = $clamps;
    }

    public function clamps()
    {
        return $this->clamps;
    }

    public function stockEngine()
    {
        return 'sqlite';
    }

    public function ordersAreTransactional()
    {
        return true;
    }

    public function equalTo(array $skus, $lock)
    {
        return $this->items('sku IN (' . Db::marks($skus) . ') ORDER BY id', $skus);
    }

    public function add(Item $item, $delta)
    {
        $sum = $this->clamps ? 'MAX(0, qoh + ?)' : 'qoh + ?';
        $this->db->run('UPDATE items SET qoh = ' . $sum . ' WHERE id = ?', array((int)$delta, $item->id));
    }

    public function set(Item $item, $count)
    {
        $this->db->run('UPDATE items SET qoh = ? WHERE id = ?',
            array($this->clamps ? max(0, (int)$count) : (int)$count, $item->id));
    }

    public function count(Item $item)
    {
        $row = $this->db->row('SELECT qoh FROM items WHERE id = ?', array($item->id));
        return (int)$row['qoh'];
    }

    public function changed(array $items)
    {
    }

    public function itemCount()
    {
        $row = $this->db->row('SELECT COUNT(*) AS n FROM items');
        return (int)$row['n'];
    }

    public function pageAfter($kind, $id, $limit)
    {
        return $kind === 'p' ? $this->items('id > ? ORDER BY id LIMIT ' . (int)$limit, array((int)$id))
            : array();
    }

    public function pageFrom($offset, $limit)
    {
        return $this->items('1 ORDER BY id LIMIT ' . (int)$limit . ' OFFSET ' . (int)$offset, array());
    }

    public function orderCount($above)
    {
        $row = $this->db->row("SELECT COUNT(*) AS n FROM orders WHERE state <> 'open' AND number > ?",
            array((int)$above));
        return (int)$row['n'];
    }

    public function topOrder()
    {
        $row = $this->db->row('SELECT MAX(number) AS n FROM orders');
        return (string)(int)$row['n'];
    }

    public function held(array $items, $above, array $also)
    {
        $byRef = array();
        foreach ($items as $item) {
            $byRef[$item->ref()] = new Held();
        }
        $ids = self::ids($items);
        $numbers = array_map('intval', $also);
        $sql = 'SELECT l.item_id, l.qty, o.number, o.state, o.changed'
            . ' FROM order_lines l JOIN orders o ON o.number = l.order_number'
            . ' WHERE l.item_id IN (' . Db::marks($ids)
            . ") AND (o.number > ? OR o.state = 'open' OR o.changed >= ?"
            . ($numbers ? ' OR o.number IN (' . Db::marks($numbers) . ')' : '') . ')';
        foreach ($this->db->rows($sql, array_merge($ids, array((int)$above, time() - BACK_SECONDS),
            $numbers)) as $line) {
            $this->account($byRef['p' . $line['item_id']], $line, $above, $also);
        }
        return $byRef;
    }

    private function account(Held $held, array $line, $above, array $also)
    {
        $pieces = $line['state'] === 'cancelled' ? 0 : (int)$line['qty'];
        $number = (string)$line['number'];
        if ($line['state'] === 'open' || (float)$number > (float)$above || in_array($number, $also, true)) {
            $held->add($number, $pieces);
        }
        $held->open += $line['state'] === 'open' ? $pieces : 0;
        if ($line['state'] === 'cancelled' && self::isGivenBackLately($line['changed'])) {
            $held->back += (int)$line['qty'];
        }
    }

    private function items($where, array $params)
    {
        $items = array();
        foreach ($this->db->rows('SELECT id, sku, name, qoh, tracked FROM items WHERE ' . $where,
            $params) as $row) {
            $item = new Item('p', $row['id'], $row['id'], $row['sku'], $row['qoh']);
            $item->name = (string)$row['name'];
            $item->notTracked = (int)$row['tracked'] === 0 ? 'tracking is off' : null;
            $items[] = $item;
        }
        return $items;
    }
}

/** Opens the shop that the configuration names or that the files around us show, once per request. */
final class Opening
{
    public static function shop(Config $config)
    {
        try {
            if ($config->kind === 'plain' || ($config->kind === 'auto' && $config->dsn !== '')) {
                return new PlainShop(PdoDb::sqlite($config->dsn), $config->clamps);
            }
            $files = ShopFiles::find($config);
            if ($files === null) {
                throw Refusal::noDatabase('no X-Cart found beside this file');
            }
            $db = self::mysql($files->settings);
            $shop = $files->kind === 'classic' ? new ClassicShop($db, $files->prefix)
                : new XCart5Shop($db, $files->prefix);
            if ($files->settings['charset'] === '' && $shop->isWide()) {
                $db->useWideCharset();
            }
            return $shop;
        } catch (DbError $error) {
            throw Refusal::noDatabase();
        }
    }

    private static function mysql(array $settings)
    {
        if (extension_loaded('mysqli')) {
            return new MysqliDb($settings);
        }
        if (extension_loaded('pdo_mysql')) {
            return PdoDb::mysql($settings);
        }
        throw Refusal::noDatabase('PHP has neither mysqli nor pdo_mysql');
    }
}

// -----------------------------------------------------------------------------------------------------------
// Payloads
// -----------------------------------------------------------------------------------------------------------

/**
 * The field `update`. Strict, and whole: one piece that is not understood refuses the request before the
 * first query. The texts begin as those of other import scripts do, so that clients know them as "nothing was
 * changed".
 */
final class Payload
{
    /** @return array of array(sku, number), from the text or the XML dialect */
    public static function pairs($update)
    {
        // a SKU may begin with <, too
        $isXml = preg_match('/^\s*<(?:SETIProducts|\?xml)/', $update) === 1;
        self::checkRoom(substr_count($update, $isXml ? '<Product>' : '|'), MAX_REPLACE);
        $pairs = $isXml ? self::xmlPairs($update) : self::textPairs($update);
        if (!$pairs) {
            throw self::malformed();
        }
        return $pairs;
    }

    /**
     * @return array of array(sku, difference, post number, key), split from the right: a SKU may hold
     * anything but ~
     */
    public static function batch($update)
    {
        self::checkRoom(substr_count($update, '|') + 1, MAX_BATCH);
        $pieces = array();
        $seen = array();
        foreach (explode('|', $update) as $text) {
            $fields = explode('~', $text);
            if (count($fields) !== 4 || !self::isSku($fields[0])
                || !preg_match('/^[0-9]{1,18}$/D', $fields[2])
                || !preg_match('/^[^\x00-\x20=;]{1,128}$/D', $fields[3])) {
                // the key names its line in the answer, whether it is a good key or not
                throw self::malformed();
            }
            if (isset($seen[$fields[0]])) {
                throw new Refusal('Malformed update entry: a SKU twice');
            }
            $seen[$fields[0]] = true;
            $pieces[] = array($fields[0], self::number($fields[1]), $fields[2], $fields[3]);
        }
        return $pieces;
    }

    /** @return array of SKUs, each once */
    public static function skus($update)
    {
        self::checkRoom(substr_count($update, '|') + 1, MAX_QUERY);
        $skus = explode('|', $update);
        foreach ($skus as $sku) {
            if (!self::isSku($sku)) {
                throw self::malformed();
            }
        }
        if (count(array_unique($skus)) !== count($skus)) {
            throw new Refusal('Malformed update entry: a SKU twice');
        }
        return $skus;
    }

    /** @return string digits with a sign if negative */
    public static function number($text)
    {
        if (!preg_match('/^([+-]?)0*([0-9]{1,10})$/D', $text, $found) || (float)$found[2] > MAX_COUNT) {
            throw new Refusal('Could not parse quantity');
        }
        return ($found[1] === '-' && $found[2] !== '0' ? '-' : '') . $found[2];
    }

    /**
     * Before a list is taken apart: a body of the allowed size may hold a quarter of a million pieces, for
     * which PHP would have neither the memory nor the time.
     */
    private static function checkRoom($found, $most)
    {
        if ($found > $most) {
            throw new Refusal('Expected at most ' . $most . ' updates, but found ' . $found);
        }
    }

    private static function textPairs($update)
    {
        $pairs = array();
        $texts = explode('|', $update);
        if (count($texts) > 1 && end($texts) === '') {
            array_pop($texts);      // Order Managers end a list with | although nothing follows
        }
        foreach ($texts as $text) {
            $end = strrpos($text, '~');
            if ($end === false || !self::isSku(substr($text, 0, $end))) {
                throw self::malformed();
            }
            $pairs[] = array(substr($text, 0, $end), self::number(substr($text, $end + 1)));
        }
        return $pairs;
    }

    /** A fixed form, read by a pattern: no XML parser, so no entity or DTD can do anything. */
    private static function xmlPairs($update)
    {
        $body = preg_replace('/^\s*(?:<\?xml[^<>]*\?>\s*)?/', '', $update, 1);
        if (!preg_match('~^<SETIProducts>(.*)</SETIProducts>\s*$~Ds', $body, $found)) {
            throw self::malformed();
        }
        $pairs = array();
        $rest = $found[1];
        $product = '~^\s*<Product>\s*<SKU>([^<>]*)</SKU>\s*<QOH>\s*([^<>]*?)\s*</QOH>\s*</Product>\s*~D';
        while ($rest !== '') {
            if (!preg_match($product, $rest, $found)) {
                throw self::malformed();
            }
            $sku = html_entity_decode($found[1], ENT_QUOTES | ENT_XML1, 'UTF-8');
            if (!self::isSku($sku)) {
                throw self::malformed();
            }
            $pairs[] = array($sku, self::number($found[2]));
            $rest = (string)substr($rest, strlen($found[0]));
        }
        return $pairs;
    }

    private static function isSku($sku)
    {
        return $sku !== '' && $sku !== false && strlen($sku) <= 255 && preg_match('//u', $sku)
            && !preg_match('/[\x00-\x1f\x7f~|]/', $sku);
    }

    private static function malformed()
    {
        return new Refusal('Malformed update entry');
    }
}

/** The fields of a form: single strings only, read once, with the checks that every function shares. */
final class Form
{
    private $fields;

    public function __construct(array $fields)
    {
        $this->fields = array();
        foreach ($fields as $name => $value) {
            if (!is_string($value)) {
                throw new Refusal('Malformed update entry: a field twice');
            }
            $this->fields[$name] = $value;
        }
    }

    public function all()
    {
        return $this->fields;
    }

    public function has($name)
    {
        return isset($this->fields[$name]);
    }

    public function text($name)
    {
        return isset($this->fields[$name]) ? $this->fields[$name] : '';
    }

    public function integer($name, $default, $max)
    {
        $text = trim($this->text($name));
        if ($text === '') {
            return $default;
        }
        if (!preg_match('/^[0-9]{1,10}$/D', $text)) {
            throw new Refusal('Malformed update entry: ' . $name . ' is not a number');
        }
        return (int)min((float)$text, $max);
    }

    /** @return string an agent's id, or '' if the call has none */
    public function agent($name)
    {
        $agent = $this->text($name);
        if ($agent !== '' && !preg_match('/^[0-9A-Za-z_-]{1,64}$/D', $agent)) {
            throw new Refusal('Malformed update entry: ' . $name);
        }
        return $agent;
    }

    public function update()
    {
        $update = $this->text('update');
        if ($update === '') {
            throw new Refusal('Invalid/missing update command');
        }
        return $update;
    }

    /** The caller says how many pieces it sent: a list that was cut on its way is refused, not half done. */
    public function checkCount($found, $max)
    {
        $count = $this->text('count');
        if ($count !== '' && $count !== (string)$found) {
            throw new Refusal('Expected ' . (int)$count . ' updates, but found ' . $found);
        }
        if ($found > $max) {
            throw new Refusal('Expected at most ' . $max . ' updates, but found ' . $found);
        }
    }

    /** @return string an order number; "All", in any case, and nothing mean from the beginning */
    public function lastOrder()
    {
        $text = trim($this->text('lastorder'));
        if ($text === '' || strtolower($text) === 'all') {
            return '0';
        }
        if (!preg_match('/^[0-9]{1,18}$/D', $text)) {
            throw new Refusal('Malformed update entry: lastorder is not a number');
        }
        return ltrim($text, '0') === '' ? '0' : ltrim($text, '0');
    }

    /** @return array order numbers */
    public function also()
    {
        $numbers = array();
        foreach (explode(',', $this->text('also')) as $number) {
            if (trim($number) === '') {
                continue;
            }
            if (!preg_match('/^[0-9]{1,18}$/D', trim($number)) || count($numbers) >= 1000) {
                throw new Refusal('Malformed update entry: also');
            }
            $numbers[] = trim($number);
        }
        return $numbers;
    }
}

/** Whom a SKU names: found by the index, then compared byte by byte, over products and variants together. */
final class Finder
{
    private $shop;

    public function __construct(Shop $shop)
    {
        $this->shop = $shop;
    }

    /** @return array map of SKU to Verdict */
    public function find(array $skus, $lock)
    {
        $fitting = array();
        foreach ($skus as $sku) {
            if (self::length($sku) <= $this->shop->maxSkuLength()
                && ($this->shop->isWide() || !preg_match('/[\xf0-\xf7]/', $sku))) {
                // what does not fit would be cut by a lenient server, and then name another item
                $fitting[] = $sku;
            }
        }
        $items = array();
        foreach (array_chunk($fitting, MAX_BATCH) as $chunk) {
            foreach ($this->shop->equalTo($chunk, $lock) as $item) {
                // spellings that the database calls equal may stand in two chunks: one row is found by both
                $items[$item->ref()] = $item;
            }
        }
        $bySku = array();
        foreach ($items as $item) {
            $bySku[$item->sku][] = $item;
        }
        $verdicts = array();
        foreach ($skus as $sku) {
            $verdicts[$sku] = $this->judge((string)$sku, $bySku, $items);
        }
        return $verdicts;
    }

    private function judge($sku, array $bySku, array $items)
    {
        $exact = isset($bySku[$sku]) ? $bySku[$sku] : array();
        if (count($exact) > 1) {
            return new Verdict('AMBIGUOUS', null, 'ambiguous');     // never "the first": a person must look
        }
        if ($exact) {
            $item = $exact[0];
            return $item->notTracked === null ? new Verdict('OK', $item, '')
                : new Verdict('NA', $item, 'NotTracking (' . $item->notTracked . ')');
        }
        if (self::length($sku) > $this->shop->maxSkuLength()) {
            return new Verdict('NF', null, 'NotFound (longer than ' . $this->shop->maxSkuLength()
                . ' characters)');
        }
        $near = self::nearMiss($sku, $items);
        return new Verdict('NF', null, $near === null ? 'NotFound' : 'NotFound (the store has ' . $near
            . ')');
    }

    private static function nearMiss($sku, array $items)
    {
        foreach ($items as $item) {
            if (strcasecmp(rtrim($item->sku), rtrim($sku)) === 0) {
                return '"' . preg_replace('/[\x00-\x1f\x7f]/', '?', $item->sku) . '"';
            }
        }
        return null;
    }

    private static function length($sku)
    {
        // UTF-8: every byte but continuation bytes
        return strlen(preg_replace('/[\x80-\xbf]/', '', $sku));
    }
}

final class Verdict
{
    public $word;
    public $item;
    public $note;

    public function __construct($word, $item, $note)
    {
        $this->word = $word;
        $this->item = $item;
        $this->note = $note;
    }

    public function isOk()
    {
        return $this->word === 'OK';
    }

    /** @return string what stands in the place of a count where there is none */
    public function noCount()
    {
        return $this->word === 'NF' ? 'NF' : 'NA';
    }
}

/** What happened to one difference, before it gets the form of a single answer or of a line in a batch. */
final class Applied
{
    public $word;
    public $sku;
    public $count;      // a number, or NF / NA
    public $seq;        // '' where no key is concerned
    public $note;

    public function __construct($word, $sku, $count, $seq, $note)
    {
        $this->word = $word;
        $this->sku = $sku;
        $this->count = $count;
        $this->seq = $seq;
        $this->note = $note;
    }

    public function line($key)
    {
        return 'SETIResponse=' . ($this->word === 'OK' ? 'OK' : 'False') . ';SKU=' . $this->sku . ';QOH='
            . $this->count
            . ($key === '' ? '' : ';POSTID=' . $key . ';SEQ=' . $this->seq) . ';NOTE=' . $this->note;
    }

    public function batchLine($key)
    {
        return $key . '=' . $this->word . ';QOH=' . $this->count . ';NOTE=' . $this->note;
    }
}

// -----------------------------------------------------------------------------------------------------------
// Changing stock
// -----------------------------------------------------------------------------------------------------------

/** Differences and counts, singly and many at once. */
final class Stock
{
    private $shop;
    private $keys;
    private $finder;
    private $touched = array();

    public function __construct(Shop $shop, Keys $keys)
    {
        $this->shop = $shop;
        $this->keys = $keys;
        $this->finder = new Finder($shop);
    }

    /**
     * @return bool whether a key can be kept together with its change; what announcing postid and batch means
     */
    public function canRemember()
    {
        return $this->shop->isTransactional() && $this->shop->keysAreTransactional()
            && $this->keys->isInstalled();
    }

    /** A difference without a key: any Order Manager's invupdate. */
    public function change($sku, $delta)
    {
        return $this->run(array($sku), function () use ($sku, $delta) {
            return $this->changeFound($sku, $delta);
        });
    }

    /**
     * A difference with its key, in one transaction. The key goes in first: a second sending of it then waits
     * on the index until the first has ended, and finds either its answer or nothing.
     */
    public function changeOnce($sku, $delta, $key, $agent, $number)
    {
        return $this->run(array($sku), function () use ($sku, $delta, $key, $agent, $number) {
            return $this->changeOnceInside($sku, $delta, $key, $agent, $number);
        });
    }

    private function changeOnceInside($sku, $delta, $key, $agent, $number)
    {
        $pair = Keys::pairHash($sku, $delta);
        try {
            $this->keys->insert($key, $pair, $agent, $number);
        } catch (DbError $error) {
            if ($error->isDuplicate()) {
                throw new Judged($this->stored($key, $sku, $pair));
            }
            if ($error->isLockWait() && !$this->shop->db->isSqlite) {
                throw new Refusal('postid busy');
            }
            throw $error;
        }
        $state = $this->keys->state();
        if ($state['agent'] !== '' && $state['agent'] !== $agent) {
            throw new Refusal('other agent');
        }
        $applied = $this->changeFound($sku, $delta);
        if ($applied->word !== 'OK') {
            $applied->seq = $state['seq'];
            throw new Judged($applied);
        }
        $applied->seq = $this->keys->advance($agent, $number, 1);
        if ($applied->seq === null) {
            throw new Refusal('other agent');
        }
        $this->keys->remember($key, $applied->count, $applied->note, $applied->seq);
        return $applied;
    }

    private function changeFound($sku, $delta)
    {
        $verdicts = $this->finder->find(array($sku), true);
        $verdict = $verdicts[$sku];
        if (!$verdict->isOk()) {
            return new Applied($verdict->word, $sku, $verdict->noCount(), '', $verdict->note);
        }
        $item = $verdict->item;
        if (!self::isInRange($item->count, $delta)) {
            return self::outOfRange($sku);
        }
        $this->add($item, $delta);
        $this->shop->changed(array($item));
        $after = $this->shop->count($item);
        return new Applied('OK', $sku, (string)$after, '', $this->clampNote($item->count, $delta, $after));
    }

    /**
     * Many differences in one transaction. Keys that are known are answered from the table; of the rest those
     * that can be applied are, each judged alone.
     * @param array $pieces of array(sku, difference, number, key), keys well formed
     * @return array of Applied, in the order of the pieces
     */
    public function batch(array $pieces, $agent)
    {
        return $this->run(array(), function () use ($pieces, $agent) {
            return $this->batchInside($pieces, $agent);
        });
    }

    private function batchInside(array $pieces, $agent)
    {
        $answers = $this->known($pieces);
        $open = array_diff_key($pieces, $answers);
        if ($open) {
            $state = $this->keys->state();
            if ($state['agent'] !== '' && $state['agent'] !== $agent) {
                throw new Refusal('other agent');
            }
            $answers = $answers + $this->batchOpen($open, $agent);
        }
        ksort($answers);
        return $answers;
    }

    private function known(array $pieces)
    {
        $keys = array();
        foreach ($pieces as $piece) {
            $keys[] = $piece[3];
        }
        $rows = $this->keys->lookUp($keys);
        $answers = array();
        foreach ($pieces as $i => $piece) {
            if (isset($rows[$piece[3]])) {
                $row = $rows[$piece[3]];
                $answers[$i] = (string)$row['pair'] === Keys::pairHash($piece[0], $piece[1])
                    ? new Applied('OK', $piece[0], (string)$row['qoh'], (string)$row['seq'],
                    (string)$row['note'])
                    : new Applied('CONFLICT', $piece[0], 'NA', '', 'postid conflict');
            }
        }
        return $answers;
    }

    private function batchOpen(array $pieces, $agent)
    {
        $skus = array();
        foreach ($pieces as $piece) {
            $skus[] = $piece[0];
        }
        $verdicts = $this->finder->find($skus, true);
        $answers = array();
        $items = array();
        $top = '0';
        foreach ($pieces as $i => $piece) {
            $verdict = $verdicts[$piece[0]];
            if (!$verdict->isOk()) {
                $answers[$i] = new Applied($verdict->word, $piece[0], $verdict->noCount(), '',
                    $verdict->note);
                continue;
            }
            if (!self::isInRange($verdict->item->count, $piece[1])) {
                $answers[$i] = self::outOfRange($piece[0]);
                continue;
            }
            // A key that came in since we looked: duplicate, rolled back, and found on the next attempt.
            $this->keys->insert($piece[3], Keys::pairHash($piece[0], $piece[1]), $agent, $piece[2]);
            $this->add($verdict->item, $piece[1]);
            $after = $this->shop->count($verdict->item);
            $answers[$i] = new Applied('OK', $piece[0], (string)$after, '',
                $this->clampNote($verdict->item->count, $piece[1], $after));
            $items[$i] = $verdict->item;
            $top = (float)$piece[2] > (float)$top ? $piece[2] : $top;
        }
        if ($items) {
            $this->shop->changed(array_values($items));
            $this->rememberAll($answers, $pieces, array_keys($items), $agent, $top);
        }
        return $answers;
    }

    private function rememberAll(array $answers, array $pieces, array $applied, $agent, $top)
    {
        $seq = $this->keys->advance($agent, $top, count($applied));
        if ($seq === null) {
            throw new Refusal('other agent');
        }
        $first = (float)$seq - count($applied) + 1;
        foreach ($applied as $n => $i) {
            $answers[$i]->seq = sprintf('%.0f', $first + $n);
            $this->keys->remember($pieces[$i][3], $answers[$i]->count, $answers[$i]->note, $answers[$i]->seq);
        }
    }

    /** @return array map of SKU to word; counts replace what is there, each read back */
    public function replace(array $pairs)
    {
        $skus = array();
        foreach ($pairs as $pair) {
            $skus[] = $pair[0];
        }
        return $this->run($skus, function () use ($pairs, $skus) {
            return $this->replaceInside($pairs, $skus);
        });
    }

    private function replaceInside(array $pairs, array $skus)
    {
        $verdicts = $this->finder->find($skus, true);
        $words = array();
        $items = array();
        foreach ($pairs as $pair) {
            $verdict = $verdicts[$pair[0]];
            $words[$pair[0]] = $verdict->word;
            if ($verdict->isOk()) {
                $this->set($verdict->item, $pair[1]);
                $items[] = $verdict->item;
            }
        }
        if ($items) {
            $this->shop->changed($items);
        }
        return $words;
    }

    private function stored($key, $sku, $pair)
    {
        $rows = $this->keys->lookUp(array($key));
        if (!isset($rows[$key])) {
            // The index saw a key that is gone again (its transaction was rolled back this instant): judge
            // afresh.
            throw new DbError('database', 1213);
        }
        $row = $rows[$key];
        if ((string)$row['pair'] !== $pair) {
            throw new Refusal('postid conflict');
        }
        return new Applied('OK', $sku, (string)$row['qoh'], (string)$row['seq'], (string)$row['note']);
    }

    private function add(Item $item, $delta)
    {
        $this->write($item, function () use ($item, $delta) {
            $this->shop->add($item, $delta);
        });
    }

    private function set(Item $item, $count)
    {
        $this->write($item, function () use ($item, $count) {
            $this->shop->set($item, $count);
        });
    }

    /**
     * With an engine that cannot take back, an error after a write is no longer "nothing changed". An error
     * of the first write itself still is, if the server can say that it did not come to the row.
     */
    private function write(Item $item, $statement)
    {
        $this->touched[] = $item;
        $wasInDoubt = Doubt::$exists;
        Doubt::$exists = $wasInDoubt || !$this->shop->isTransactional();
        try {
            call_user_func($statement);
        } catch (DbError $error) {
            Doubt::$exists = $wasInDoubt || (Doubt::$exists && $this->shop->mayHaveWritten());
            throw $error;
        }
    }

    /** Runs work as the engine allows, then lets the shop renew what follows from its counts. */
    private function run(array $skus, $work)
    {
        $fresh = function () use ($work) {
            $this->touched = array();       // an attempt that was rolled back touched nothing
            return call_user_func($work);
        };
        $result = $this->shop->isTransactional() ? Transaction::run($this->shop->db, $fresh)
            : $this->withoutTransaction($skus, $fresh);
        // It is made. Whatever ends this request before the answer is out, nobody may call that "not changed".
        Doubt::$exists = (bool)$this->touched;
        try {
            $this->shop->committed($this->touched);
        } catch (DbError $error) {
            // the change stands; what is derived from it follows with the next one
            return $result;
        }
        return $result;
    }

    /**
     * MyISAM. One UPDATE is atomic against the shop; a lock by name, which dies with the connection, keeps
     * our own requests for a SKU apart so that the count read afterwards belongs to the change.
     */
    private function withoutTransaction(array $skus, $work)
    {
        $db = $this->shop->db;
        $name = 'stocktray.' . sha1($this->shop->prefix . (count($skus) === 1 ? $skus[0] : ''));
        try {
            $lock = $db->row('SELECT GET_LOCK(?, ' . LOCK_WAIT_SECONDS . ') AS got', array($name));
            if ((int)$lock['got'] !== 1) {
                throw Refusal::busy();
            }
            $result = call_user_func($work);
        } catch (DbError $error) {
            throw Doubt::$exists ? Refusal::unknown() : Refusal::busy();
        }
        try {
            $db->rows('SELECT RELEASE_LOCK(?) AS done', array($name));
        } catch (DbError $error) {
            return $result;     // a lock by name ends with its connection; the change stands and is told
        }
        return $result;
    }

    private function clampNote($before, $delta, $after)
    {
        // Without a transaction the shop itself may have sold between the count before and the one behind.
        $isClamped = $this->shop->clamps() && $before + (int)$delta !== $after
            && ($this->shop->isTransactional() || ($after === 0 && $before + (int)$delta < 0));
        return $isClamped ? 'clamped,' . ($after - $before) : '';
    }

    private static function isInRange($count, $delta)
    {
        return abs((float)$count + (float)$delta) <= MAX_COUNT;
    }

    /** In words that put it before a person: sent again it would be the same, and no other piece waits for it. */
    private static function outOfRange($sku)
    {
        return new Applied('NA', $sku, 'NA', '', 'NotTracking (the count would be out of range)');
    }
}

// -----------------------------------------------------------------------------------------------------------
// The functions
// -----------------------------------------------------------------------------------------------------------

/** One request: gate, secret, function, answer. */
final class Connector
{
    private $config;
    private $gate;
    private $form;
    private $shop = null;
    private $keys = null;
    private $isRight = false;
    private $prunes = false;

    private static $functions = array('sendversion', 'ordercount', 'getproductscount', 'downloadprods',
        'downloadqoh',
        'qohreplace', 'invupdate', 'invrepeat', 'invbatch', 'qohquery', 'salesquery');

    public static function main(array $server, array $post)
    {
        $connector = new Connector();
        try {
            $connector->handle($server, $post);
        } catch (Refusal $refusal) {
            Answer::error($refusal);
        } catch (\Exception $e) {
            Answer::error(Doubt::$exists ? Refusal::unknown() : Refusal::busy());
        } catch (\Throwable $e) {
            Answer::error(Doubt::$exists ? Refusal::unknown() : Refusal::busy());
        }
        Doubt::$exists = false;
        Answer::finish();
        $connector->tidyUp();
    }

    private function handle(array $server, array $post)
    {
        $this->config = Config::load($server);
        $this->gate = new Gate($this->config, $server);
        $this->gate->check();
        $this->form = new Form($post);
        $function = strtolower($this->form->text('setifunction'));
        $this->authenticate($function);
        if (!in_array($function, self::$functions, true)) {
            throw new Refusal('Function "' . preg_replace('/[^0-9a-z_]/', '?', substr($function, 0, 40))
                . '" was not found');
        }
        try {
            $this->$function();
        } catch (DbError $error) {
            throw Doubt::$exists ? Refusal::unknown() : Refusal::busy();
        }
    }

    /**
     * Everything needs the secret; sendversion alone answers without, and then says no more than that it is
     * there.
     */
    private function authenticate($function)
    {
        $credentials = new Credentials($this->config, function () {
            return $this->keys();
        });
        $isAsked = $function !== 'sendversion' || $this->form->has('password');
        if (!$isAsked) {
            return;
        }
        $this->isRight = $credentials->areRight($this->form->all());
        if (!$this->isRight) {
            $refusal = $credentials->wrong($this->gate->remote());
            if ($function !== 'sendversion' || $refusal->status === 429) {
                throw $refusal;
            }
        }
    }

    private function keys()
    {
        if ($this->keys === null) {
            $this->keys = new Keys($this->shop()->db, $this->shop->prefix);
        }
        return $this->keys;
    }

    private function shop()
    {
        if ($this->shop === null) {
            $this->shop = Opening::shop($this->config);
        }
        return $this->shop;
    }

    private function stock()
    {
        return new Stock($this->shop(), $this->keys());
    }

    private function tidyUp()
    {
        if ($this->prunes) {
            try {
                $this->keys->prune();
            } catch (\Exception $e) {
                return;     // the next request will
            }
        }
    }

    private function sendversion()
    {
        $answer = 'SETIResponse: version=' . SCRIPT_VERSION;
        if ($this->isRight && (int)$this->form->text('stocktray') >= 1) {
            $answer .= "\n" . $this->announcement();
        }
        Answer::text($answer);
    }

    private function announcement()
    {
        $agent = $this->form->agent('agent');
        $keys = $this->keys();
        $keys->install();
        $words = array();
        $caps = array('qohquery', 'cursor');
        $problem = $this->shop()->problem();
        if ($keys->isInstalled()) {
            $state = $this->installedState($agent);
            $words[] = 'store=' . $keys->storeId();
            $words[] = 'keep=' . KEEP_SECONDS;
            $words[] = 'seq=' . $state['seq'];
            $words[] = 'top=' . $keys->topOf($agent);
        } else {
            $problem = $problem === '' ? 'tables_missing' : $problem;
        }
        if ($this->stock()->canRemember()) {
            array_unshift($caps, 'postid', 'batch');
        }
        if ($this->shop->isTransactional() && $this->shop->ordersAreTransactional()) {
            $caps[] = 'moves';
        }
        if ($this->shop->clamps()) {
            $caps[] = 'clamps';
        }
        $words[] = 'engine=' . $this->shop->stockEngine();
        $words[] = 'caps=' . implode(',', $caps);
        if ($problem !== '') {
            $words[] = 'problem=' . $problem;
        }
        if (isset($state) && $state['agent'] !== '' && $state['agent'] !== $agent) {
            // what the owner has to confirm to take the store over
            $words[] = 'bound=' . $state['agent'];
        }
        return 'StocktrayExt: ' . EXTENSION_VERSION . ';' . implode(';', $words);
    }

    private function installedState($agent)
    {
        $keys = $this->keys();
        if ($this->form->text('repeated') === '1') {
            $keys->releasePruning();
        } elseif ($this->form->text('restored') === '1') {
            $keys->holdPruning('told');
        } else {
            $keys->noticeSilence();
        }
        $this->takeOverIfConfirmed($agent);
        return $keys->state();
    }

    private function takeOverIfConfirmed($agent)
    {
        $old = $this->form->agent('takeover');
        if ($old !== '' && $agent !== '' && $old !== $agent) {
            $this->keys()->takeOver($old, $agent);
        }
    }

    private function ordercount()
    {
        Answer::text('SETIResponse: ordercount=' . $this->shop()->orderCount($this->form->lastOrder()));
    }

    private function getproductscount()
    {
        Answer::text('SETIResponse: itemcount=' . $this->shop()->itemCount());
    }

    private function downloadprods()
    {
        $this->download(true);
    }

    private function downloadqoh()
    {
        $this->download(false);
    }

    private function download($withNames)
    {
        $size = $this->form->integer('batchsize', 100, MAX_PAGE);
        $db = $this->shop()->db;
        $db->beginSnapshot();
        $isCursor = $this->form->has('after');
        $items = $isCursor ? $this->pageAfter($this->form->text('after'), $size)
            : $this->shop->pageFrom(max(1, $this->form->integer('startnum', 1, MAX_COUNT)) - 1, $size);
        $db->rollBack();
        $next = null;
        if ($isCursor) {
            $last = end($items);
            $next = count($items) < $size || $last === false ? '' : $last->ref();
        }
        Answer::xml(Xml::products($items, $withNames, $next));
    }

    private function pageAfter($after, $size)
    {
        if ($after === '') {
            return $this->shop->pageAfter('p', -1, $size);
        }
        if (!preg_match('/^([pv])([0-9]{1,10})$/D', $after, $found)) {
            throw new Refusal('Malformed update entry: after');
        }
        return $this->shop->pageAfter($found[1], (int)$found[2], $size);
    }

    private function qohreplace()
    {
        $pairs = Payload::pairs($this->form->update());
        $this->form->checkCount(count($pairs), MAX_REPLACE);
        $seen = array();
        foreach ($pairs as $pair) {
            if (isset($seen[$pair[0]])) {
                throw new Refusal('Malformed update entry: a SKU twice');
            }
            $seen[$pair[0]] = true;
        }
        $lines = array('SETIResponse');
        foreach ($this->stock()->replace($pairs) as $sku => $word) {
            $lines[] = $sku . '=' . $word;
        }
        $lines[] = 'SETIEndOfData';
        Answer::text(implode("\r\n", $lines));
    }

    private function invupdate()
    {
        $this->invupdateOrRepeat(false);
    }

    private function invrepeat()
    {
        if (!$this->stock()->canRemember()) {
            // As a script without the extension says it: a key that cannot be looked up must not be applied
            // again.
            throw new Refusal('Function "invrepeat" was not found');
        }
        $this->invupdateOrRepeat(true);
    }

    private function invupdateOrRepeat($isRepeat)
    {
        $pairs = Payload::pairs($this->form->update());
        if (count($pairs) !== 1) {
            throw new Refusal('Expected 1 updates, but found ' . count($pairs));
        }
        list($sku, $delta) = $pairs[0];
        $key = $this->form->text('postid');
        if ($key === '' && !$isRepeat) {
            Answer::text($this->stock()->change($sku, $delta)->line(''));
            return;
        }
        if (!self::isKey($key)) {
            throw new Refusal('postid malformed');
        }
        $this->checkStore($isRepeat);
        if (!$this->stock()->canRemember()) {
            // Applied without its key it would be applied once more when the tables can remember again and the
            // key comes back. So: as a script that takes no keys, and the agent asks what this one takes now.
            throw new Refusal('Function "invupdate" was not found');
        }
        $agent = $this->keyedAgent();
        $number = $this->form->text('number');
        if (!preg_match('/^[0-9]{1,18}$/D', $number)) {
            throw new Refusal('Malformed update entry: number');
        }
        $applied = $this->stock()->changeOnce($sku, $delta, $key, $agent, $number);
        $this->prunes = fmod((float)$applied->seq, 64) === 0.0;     // now and then, and for everybody alike
        Answer::text($applied->line($key));
    }

    private function invbatch()
    {
        if (!$this->stock()->canRemember()) {
            throw new Refusal('Function "invbatch" was not found');
        }
        $pieces = Payload::batch($this->form->update());
        $this->form->checkCount(count($pieces), MAX_BATCH);
        $this->checkStore($this->form->text('repeat') === '1');
        $agent = $this->keyedAgent();
        $good = array();
        $keys = array();
        foreach ($pieces as $i => $piece) {
            if (self::isKey($piece[3]) && !isset($keys[$piece[3]])) {
                $good[$i] = $piece;
                $keys[$piece[3]] = true;
            }
        }
        $this->prunes = true;
        $answers = $good ? $this->stock()->batch($good, $agent) : array();
        $lines = array('SETIResponse');
        foreach ($pieces as $i => $piece) {
            $answer = isset($answers[$i]) ? $answers[$i]
                : new Applied('MALFORMED', $piece[0], 'NA', '', 'postid malformed');
            $lines[] = $answer->batchLine($piece[3]);
        }
        $lines[] = 'SETIEndOfData';
        Answer::text(implode("\r\n", $lines));
    }

    private function keyedAgent()
    {
        $agent = $this->form->agent('agent');
        if ($agent === '') {
            throw new Refusal('Malformed update entry: agent');
        }
        $this->takeOverIfConfirmed($agent);
        return $agent;
    }

    private static function isKey($key)
    {
        return preg_match('/^[0-9A-Za-z_-]{16,64}$/D', $key) === 1;
    }

    /** Another store id means another key table: what that one remembers, this one cannot know. */
    private function checkStore($isRequired)
    {
        $given = $this->form->text('store');
        if ($given === '' && !$isRequired) {
            return;
        }
        if (!$this->keys()->isInstalled() || $this->keys()->storeId() !== $given) {
            throw new Refusal('store changed');
        }
    }

    private function qohquery()
    {
        $skus = Payload::skus($this->form->update());
        $this->form->checkCount(count($skus), MAX_QUERY);
        $finder = new Finder($this->shop());
        $lines = array('SETIResponse');
        foreach ($finder->find($skus, false) as $sku => $verdict) {
            $lines[] = $sku . '=' . self::countOrWord($verdict);
        }
        $lines[] = 'SETIEndOfData';
        Answer::text(implode("\r\n", $lines));
    }

    private function salesquery()
    {
        if (!$this->shop()->isTransactional() || !$this->shop->ordersAreTransactional()) {
            throw new Refusal('Function "salesquery" was not found');
        }
        $skus = Payload::skus($this->form->update());
        $this->form->checkCount(count($skus), MAX_QUERY);
        $above = $this->form->lastOrder();
        $also = $this->form->also();
        $this->shop->db->beginSnapshot();
        $finder = new Finder($this->shop);
        $verdicts = $finder->find($skus, false);
        $items = array();
        foreach ($verdicts as $verdict) {
            if ($verdict->isOk()) {
                $items[] = $verdict->item;
            }
        }
        $held = $items ? $this->shop->held($items, $above, $also) : array();
        $top = $this->shop->topOrder();
        $this->shop->db->rollBack();
        $lines = array('SETIResponse');
        foreach ($verdicts as $sku => $verdict) {
            $lines[] = $sku . '=' . ($verdict->isOk()
                ? self::sales($verdict->item, $held[$verdict->item->ref()], $also, $top)
                : self::countOrWord($verdict));
        }
        $lines[] = 'SETIEndOfData';
        Answer::text(implode("\r\n", $lines));
    }

    private static function sales(Item $item, Held $held, array $also, $top)
    {
        foreach ($also as $number) {
            $held->add($number, 0);     // one that is gone holds nothing, and saying so ends the question
        }
        ksort($held->orders);
        $orders = array();
        foreach ($held->orders as $number => $pieces) {
            $orders[] = $number . ':' . $pieces;
        }
        return $item->count . ';ORDERS=' . implode(',', $orders) . ';OPEN=' . $held->open . ';BACK='
            . $held->back . ';TOP=' . $top;
    }

    private static function countOrWord(Verdict $verdict)
    {
        return $verdict->isOk() ? (string)$verdict->item->count : $verdict->word;
    }
}

/** The XML of the downloads. */
final class Xml
{
    /** @param string|null $next the cursor after this page, '' at the end, null where none was asked for */
    public static function products(array $items, $withNames, $next)
    {
        $body = '';
        $unsendable = 0;
        foreach ($items as $item) {
            if (!self::isText($item->sku)) {
                ++$unsendable;      // one control character would make the whole page unreadable
                continue;
            }
            $body .= '<Product><Code>' . self::escape($item->sku) . '</Code><WebID>' . $item->ref()
                . '</WebID>'
                . ($withNames ? '<Name>' . (self::isText($item->name) ? self::escape($item->name) : '')
                . '</Name>' : '')
                . '<QOH>' . ($item->notTracked === null ? $item->count : 'NA') . '</QOH></Product>';
        }
        $code = $items ? 1 : 2;
        $words = $items ? 'success' : 'no more products';
        $words .= $unsendable > 0 ? '; left out for unreadable SKUs: ' . $unsendable : '';
        return '<?xml version="1.0" encoding="UTF-8"?><SETIProducts><Response><ResponseCode>' . $code
            . '</ResponseCode><ResponseDescription>' . $words . '</ResponseDescription></Response>' . $body
            . ($next === null ? '' : '<Next>' . $next . '</Next>') . '</SETIProducts>';
    }

    private static function isText($text)
    {
        return preg_match('//u', $text) && !preg_match('/[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]/',
            $text);
    }

    private static function escape($text)
    {
        return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
    }
}

// -----------------------------------------------------------------------------------------------------------
// The command line
// -----------------------------------------------------------------------------------------------------------

/** `php stocktray.php secret` and `php stocktray.php check`, for whoever has a shell on the server. */
final class CommandLine
{
    public static function main(array $arguments)
    {
        $command = isset($arguments[1]) ? $arguments[1] : '';
        if ($command === 'secret') {
            return self::secret();
        }
        if ($command === 'check') {
            return self::check();
        }
        echo "usage: php stocktray.php secret   make a secret and the text of a configuration file\n"
            . "       php stocktray.php check    say in plain words what was found\n";
        return 2;
    }

    private static function secret()
    {
        $secret = Random::hex(24);
        echo "User:     stocktray\nPassword: " . $secret . "\n\n"
            . "Enter both in Stocktray's cart settings. The store keeps only the fingerprint below.\n"
            . "Put it in stocktray-config.php, one folder above the document root if the host allows it,\n"
            . "else beside stocktray.php:\n\n"
            . "<?php\nreturn array(\n    'user' => 'stocktray',\n    'secret_sha256' => '"
            . hash('sha256', $secret) . "',\n);\n";
        return 0;
    }

    private static function check()
    {
        echo 'PHP ' . PHP_VERSION . "\n";
        try {
            $config = Config::load($_SERVER);
            echo 'Configuration: ' . Config::findFile($_SERVER) . "\n";
            $shop = Opening::shop($config);
        } catch (Refusal $refusal) {
            echo 'Not ready: ' . $refusal->getMessage() . "\n";
            return 1;
        }
        $keys = new Keys($shop->db, $shop->prefix);
        echo 'Shop: ' . self::kind($shop) . ', ' . $shop->itemCount() . " SKUs\n";
        echo 'Engine of the stock tables: ' . $shop->stockEngine() . "\n";
        self::explainEngine($shop);
        echo 'Tables of this connector: ' . ($keys->isInstalled() ? "there\n"
            : "not there yet; the first test from Stocktray makes them.\n"
            . "If the database user may not create tables, run these once:\n  "
            . implode(";\n  ", $keys->createStatements()) . ";\n");
        if (!$shop->db->isSqlite) {
            self::grants($shop);
        }
        return 0;
    }

    private static function kind(Shop $shop)
    {
        if ($shop instanceof ClassicShop) {
            return 'X-Cart Classic, tables ' . $shop->prefix . '*';
        }
        return $shop instanceof XCart5Shop ? 'X-Cart 5, tables ' . $shop->prefix . '*' : 'practice store';
    }

    private static function explainEngine(Shop $shop)
    {
        if ($shop->problem() === 'repair_tables') {
            echo "A stock table does not open. Ask the host to repair it; nothing is changed until then.\n";
        } elseif (!$shop->isTransactional()) {
            self::offerConversion($shop, 'products',
                $shop instanceof XCart5Shop ? 'product_variants' : 'variants');
        } elseif (!$shop->keysAreTransactional()) {
            self::offerConversion($shop, 'stocktray_keys', 'stocktray_meta');
        } else {
            echo "A change and its key are kept in one transaction: repeating after a doubt is safe.\n";
        }
    }

    private static function offerConversion(Shop $shop, $first, $second)
    {
        echo "This engine cannot take back half a change, so repeats are not offered. After a backup,\n"
            . "this converts the two tables (the shop waits for some seconds meanwhile):\n"
            . '  ALTER TABLE `' . $shop->prefix . $first . "` ENGINE=InnoDB;\n"
            . '  ALTER TABLE `' . $shop->prefix . $second . "` ENGINE=InnoDB;\n";
    }

    private static function grants(Shop $shop)
    {
        $row = $shop->db->row('SELECT DATABASE() AS name');
        echo "A database user of its own needs only this:\n";
        foreach (Permissions::of($shop) as $table => $rights) {
            echo '  GRANT ' . $rights . ' ON `' . $row['name'] . '`.`' . $shop->prefix . $table
                . "` TO 'stocktray'@'localhost';\n";
        }
    }
}

/** The smallest set of rights, by table. */
final class Permissions
{
    public static function of(Shop $shop)
    {
        $own = array('stocktray_keys' => 'CREATE, SELECT, INSERT, UPDATE, DELETE',
            'stocktray_meta' => 'CREATE, SELECT, INSERT, UPDATE, DELETE');
        if ($shop instanceof ClassicShop) {
            return array('products' => 'SELECT, UPDATE (avail)', 'variants' => 'SELECT, UPDATE (avail)',
                'quick_flags' => 'SELECT, UPDATE (is_variants)', 'config' => 'SELECT', 'modules' => 'SELECT',
                'orders' => 'SELECT', 'order_details' => 'SELECT', 'order_status_history' => 'SELECT') + $own;
        }
        return array('products' => 'SELECT, UPDATE (amount, updateDate, entityVersion)',
            'product_variants' => 'SELECT, UPDATE (amount)',
            'entity_type_versions' => 'SELECT, UPDATE (version)',
            'product_translations' => 'SELECT', 'orders' => 'SELECT', 'order_items' => 'SELECT',
            'order_status_properties' => 'SELECT', 'order_payment_statuses' => 'SELECT') + $own;
    }
}

// -----------------------------------------------------------------------------------------------------------
// Start
// -----------------------------------------------------------------------------------------------------------

if (PHP_SAPI === 'cli') {
    exit(CommandLine::main(isset($argv) ? $argv : array()));
}

ob_start();
set_error_handler(function () {
    return true;        // notices may carry host names, paths and arguments: neither answered nor logged
});
register_shutdown_function(array('Stocktray\\Answer', 'atShutdown'));
Host::prepare();

if (version_compare(PHP_VERSION, '5.4.0', '<')) {
    Answer::error(new Refusal('PHP 5.4 or newer is needed', 503, 3600));
} else {
    Connector::main($_SERVER, $_POST);
}
