-- The stock side of X-Cart Classic 4.x: names, types, signs, collations and keys as the shop has them.
-- 2,000 products P-0001 ... with ids from 1; those from 1801 on have two variants each, V-1801-A, V-1801-B.
-- Counts are 20 to 199. From id 3001 on, the SKUs that make trouble:
--   MiXed-1, "BLANK-1 " (ends in a blank), 12345, 0, Größe-1   odd, but good
--   DUP-1 (two products), BOTH-1 (a product and a variant)     ambiguous
--   KIT-1, FILE-1                                              not tracked
-- @ENGINE@ is MyISAM, as the shop's installer has it, or InnoDB, as a converted shop has it.

CREATE TABLE xcart_products (
    productid int(11) NOT NULL AUTO_INCREMENT,
    productcode varchar(32) NOT NULL DEFAULT '',
    product varchar(255) NOT NULL DEFAULT '',
    provider int(11) NOT NULL DEFAULT 0,
    distribution varchar(255) NOT NULL DEFAULT '',
    avail int(11) NOT NULL DEFAULT 0,
    low_avail_limit int(11) NOT NULL DEFAULT 10,
    forsale char(1) NOT NULL DEFAULT 'Y',
    product_type char(1) NOT NULL DEFAULT 'N',
    PRIMARY KEY (productid),
    UNIQUE KEY pp (productcode, provider)
) ENGINE=@ENGINE@ DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;

CREATE TABLE xcart_variants (
    variantid int(11) NOT NULL AUTO_INCREMENT,
    productid int(11) NOT NULL DEFAULT 0,
    avail int(11) NOT NULL DEFAULT 0,
    productcode varchar(32) NOT NULL DEFAULT '0',
    PRIMARY KEY (variantid),
    UNIQUE KEY pv (productcode),
    KEY productid (productid)
) ENGINE=@ENGINE@ DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;

CREATE TABLE xcart_quick_flags (
    productid int(11) NOT NULL DEFAULT 0,
    is_variants char(1) NOT NULL DEFAULT '',
    PRIMARY KEY (productid)
) ENGINE=@ENGINE@ DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;

CREATE TABLE xcart_config (
    name varchar(32) NOT NULL DEFAULT '',
    value text NOT NULL,
    PRIMARY KEY (name)
) ENGINE=@ENGINE@ DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;

CREATE TABLE xcart_modules (
    moduleid int(11) NOT NULL AUTO_INCREMENT,
    module_name varchar(255) NOT NULL DEFAULT '',
    active char(1) NOT NULL DEFAULT 'Y',
    PRIMARY KEY (moduleid)
) ENGINE=@ENGINE@ DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;

CREATE TABLE xcart_orders (
    orderid int(11) NOT NULL AUTO_INCREMENT,
    date int(11) NOT NULL DEFAULT 0,
    status char(1) NOT NULL DEFAULT 'Q',
    total decimal(12,2) NOT NULL DEFAULT 0,
    PRIMARY KEY (orderid)
) ENGINE=@ENGINE@ DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;

CREATE TABLE xcart_order_details (
    itemid int(11) NOT NULL AUTO_INCREMENT,
    orderid int(11) NOT NULL DEFAULT 0,
    productid int(11) NOT NULL DEFAULT 0,
    amount int(11) NOT NULL DEFAULT 0,
    productcode varchar(32) NOT NULL DEFAULT '',
    PRIMARY KEY (itemid),
    KEY orderid (orderid),
    KEY productid (productid)
) ENGINE=@ENGINE@ DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;

CREATE TABLE xcart_order_status_history (
    recid int(11) NOT NULL AUTO_INCREMENT,
    orderid int(11) NOT NULL DEFAULT 0,
    date_time int(11) NOT NULL DEFAULT 0,
    PRIMARY KEY (recid),
    KEY orderid (orderid, date_time)
) ENGINE=@ENGINE@ DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;

INSERT INTO xcart_config VALUES
    ('unlimited_products', 'N');

INSERT INTO xcart_modules (module_name, active) VALUES
    ('Egoods', 'Y'),
    ('Product_Configurator', 'Y'),
    ('Product_Options', 'Y');

INSERT INTO xcart_products (productid, productcode, product, avail)
    SELECT seq, CONCAT('P-', LPAD(seq, 4, '0')), CONCAT('Product ', seq), 20 + (seq * 37) % 180
    FROM seq_1_to_2000;

INSERT INTO xcart_variants (productid, productcode, avail)
    SELECT seq, CONCAT('V-', seq, '-A'), 20 + (seq * 37) % 180
    FROM seq_1801_to_2000
    UNION ALL SELECT seq, CONCAT('V-', seq, '-B'), 20 + (seq * 37) % 180
    FROM seq_1801_to_2000;

INSERT INTO xcart_quick_flags
    SELECT seq, IF(seq > 1800, 'Y', '')
    FROM seq_1_to_2000;

INSERT INTO xcart_products (productid, productcode, product, avail, provider, product_type, distribution) VALUES
    (3001, 'MiXed-1', 'Near', 50, 0, 'N', ''),
    (3002, 'BLANK-1 ', 'Blank', 50, 0, 'N', ''),
    (3003, '12345', 'Digits', 50, 0, 'N', ''),
    (3004, '0', 'Nought', 50, 0, 'N', ''),
    (3005, 'Größe-1', 'Umlaut', 50, 0, 'N', ''),
    (3006, 'DUP-1', 'One', 50, 1, 'N', ''),
    (3007, 'DUP-1', 'Two', 50, 2, 'N', ''),
    (3008, 'BOTH-1', 'Both', 50, 0, 'N', ''),
    (3009, 'KIT-1', 'Kit', 50, 0, 'C', ''),
    (3010, 'FILE-1', 'File', 50, 0, 'N', 'file.zip');

INSERT INTO xcart_variants (productid, productcode, avail) VALUES
    (1801, 'BOTH-1', 50);

INSERT INTO xcart_orders (orderid, date, status) VALUES
    (1000, UNIX_TIMESTAMP() - 9000000, 'C');
