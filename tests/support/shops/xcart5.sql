-- The stock side of X-Cart 5: names, types, signs, collations and keys as the shop has them.
-- 2,000 products P-0001 ... with ids from 1; those from 1801 on have two variants each, V-1801-A, V-1801-B.
-- Counts are 20 to 199. From id 3001 on, the SKUs that make trouble:
--   MiXed-1, "BLANK-1 " (ends in a blank), 12345, 0, Größe-1   odd, but good
--   DUP-1 (two products), BOTH-1 (a product and a variant)     ambiguous
--   OFF-1 (tracking off), SHARED-1 (its parent's stock)        not tracked
--   a product and a variant without any SKU

CREATE TABLE xc_products (
    product_id int(10) unsigned NOT NULL AUTO_INCREMENT,
    sku varchar(32) DEFAULT NULL,
    price decimal(14,4) NOT NULL DEFAULT 0,
    inventoryEnabled tinyint(1) NOT NULL DEFAULT 1,
    amount int(10) unsigned NOT NULL DEFAULT 0,
    updateDate int(10) unsigned NOT NULL DEFAULT 0,
    entityVersion char(36) DEFAULT NULL,
    PRIMARY KEY (product_id),
    KEY sku (sku)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_unicode_ci;

CREATE TABLE xc_product_variants (
    id int(10) unsigned NOT NULL AUTO_INCREMENT,
    product_id int(10) unsigned DEFAULT NULL,
    amount int(10) unsigned NOT NULL DEFAULT 0,
    defaultAmount tinyint(1) NOT NULL DEFAULT 1,
    sku varchar(32) DEFAULT NULL,
    PRIMARY KEY (id),
    KEY product (product_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_unicode_ci;

CREATE TABLE xc_product_translations (
    label_id int(10) unsigned NOT NULL AUTO_INCREMENT,
    id int(10) unsigned DEFAULT NULL,
    name varchar(255) NOT NULL,
    code char(2) NOT NULL,
    PRIMARY KEY (label_id),
    KEY ci (code, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_unicode_ci;

CREATE TABLE xc_entity_type_versions (
    id int(10) unsigned NOT NULL AUTO_INCREMENT,
    entityType varchar(255) NOT NULL,
    version char(36) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY et (entityType)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_unicode_ci;

CREATE TABLE xc_order_payment_statuses (
    id int(11) NOT NULL AUTO_INCREMENT,
    code char(4) DEFAULT NULL,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_unicode_ci;

CREATE TABLE xc_order_status_properties (
    id int(10) unsigned NOT NULL AUTO_INCREMENT,
    payment_status_id int(11),
    shipping_status_id int(11),
    incStock tinyint(1) DEFAULT NULL,
    PRIMARY KEY (id),
    KEY p (payment_status_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_unicode_ci;

CREATE TABLE xc_orders (
    order_id int(11) NOT NULL AUTO_INCREMENT,
    payment_status_id int(11) DEFAULT NULL,
    shipping_status_id int(11) DEFAULT NULL,
    is_order int(1) NOT NULL,
    orderNumber varchar(255) DEFAULT NULL,
    date int(11) NOT NULL DEFAULT 0,
    lastRenewDate int(11) NOT NULL DEFAULT 0,
    stockStatus varchar(32) NOT NULL DEFAULT '',
    PRIMARY KEY (order_id),
    KEY orderNumber (orderNumber)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_unicode_ci;

CREATE TABLE xc_order_items (
    item_id int(11) NOT NULL AUTO_INCREMENT,
    object_id int(10) unsigned DEFAULT NULL,
    variant_id int(10) unsigned DEFAULT NULL,
    order_id int(11) DEFAULT NULL,
    sku varchar(32) NOT NULL DEFAULT '',
    amount int(11) NOT NULL DEFAULT 1,
    backorderedAmount int(11) NOT NULL DEFAULT 0,
    PRIMARY KEY (item_id),
    KEY object_id (object_id),
    KEY order_id (order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_unicode_ci;

INSERT INTO xc_products (product_id, sku, amount, entityVersion)
    SELECT seq, CONCAT('P-', LPAD(seq, 4, '0')), 20 + (seq * 37) % 180, UUID()
    FROM seq_1_to_2000;

INSERT INTO xc_product_translations (id, name, code)
    SELECT seq, CONCAT('Product ', seq), 'en'
    FROM seq_1_to_2000;

INSERT INTO xc_product_variants (product_id, sku, amount, defaultAmount)
    SELECT seq, CONCAT('V-', seq, '-A'), 20 + (seq * 37) % 180, 0
    FROM seq_1801_to_2000
    UNION ALL SELECT seq, CONCAT('V-', seq, '-B'), 20 + (seq * 37) % 180, 0
    FROM seq_1801_to_2000;

INSERT INTO xc_entity_type_versions (entityType, version) VALUES
    ('XLite\\Model\\Product', UUID()),
    ('XC\\ProductVariants\\Model\\ProductVariant', UUID());

INSERT INTO xc_order_payment_statuses (id, code) VALUES
    (1, 'Q'),
    (2, 'P'),
    (3, 'C'),
    (4, 'D');

INSERT INTO xc_order_status_properties (payment_status_id, shipping_status_id, incStock) VALUES
    (1, 1, 0),
    (2, 1, 0),
    (3, 1, 1),
    (4, 1, 1);

INSERT INTO xc_products (product_id, sku, amount, inventoryEnabled) VALUES
    (3001, 'MiXed-1', 50, 1),
    (3002, 'BLANK-1 ', 50, 1),
    (3003, '12345', 50, 1),
    (3004, '0', 50, 1),
    (3005, 'Größe-1', 50, 1),
    (3006, 'DUP-1', 50, 1),
    (3007, 'DUP-1', 50, 1),
    (3008, 'BOTH-1', 50, 1),
    (3009, 'OFF-1', 50, 0),
    (3010, NULL, 50, 1);

INSERT INTO xc_product_variants (product_id, sku, amount, defaultAmount) VALUES
    (1801, 'BOTH-1', 50, 0),
    (1802, 'SHARED-1', 0, 1),
    (1803, NULL, 5, 0);

INSERT INTO xc_orders (is_order, orderNumber, payment_status_id, shipping_status_id, date, lastRenewDate, stockStatus) VALUES
    (1, '1000', 2, 1, 1500000000, 1500000000, 'reduced');
