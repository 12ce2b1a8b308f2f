#include "tests/support/shop_tables.h"

namespace stocktray::tests {
namespace {

const std::string count = "20 + (seq * 37) % 180";
const std::string product_code = "CONCAT('P-', LPAD(seq, 4, '0'))";

std::string variant_code(const char* letter)
{
    return std::string{"CONCAT('V-', seq, '-"} + letter + "')";
}

}  // namespace

std::string classic_tables(const std::string& engine)
{
    const std::string end = ") ENGINE=" + engine + " DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;\n";
    return "CREATE TABLE xcart_products (productid int(11) NOT NULL AUTO_INCREMENT, productcode varchar(32) NOT NULL DEFAULT '',"
           " product varchar(255) NOT NULL DEFAULT '', provider int(11) NOT NULL DEFAULT 0,"
           " distribution varchar(255) NOT NULL DEFAULT '', avail int(11) NOT NULL DEFAULT 0,"
           " low_avail_limit int(11) NOT NULL DEFAULT 10, forsale char(1) NOT NULL DEFAULT 'Y',"
           " product_type char(1) NOT NULL DEFAULT 'N', PRIMARY KEY (productid), UNIQUE KEY pp (productcode, provider)" + end
        + "CREATE TABLE xcart_variants (variantid int(11) NOT NULL AUTO_INCREMENT, productid int(11) NOT NULL DEFAULT 0,"
          " avail int(11) NOT NULL DEFAULT 0, productcode varchar(32) NOT NULL DEFAULT '0', PRIMARY KEY (variantid),"
          " UNIQUE KEY pv (productcode), KEY productid (productid)" + end
        + "CREATE TABLE xcart_quick_flags (productid int(11) NOT NULL DEFAULT 0, is_variants char(1) NOT NULL DEFAULT '',"
          " PRIMARY KEY (productid)" + end
        + "CREATE TABLE xcart_config (name varchar(32) NOT NULL DEFAULT '', value text NOT NULL, PRIMARY KEY (name)" + end
        + "CREATE TABLE xcart_modules (moduleid int(11) NOT NULL AUTO_INCREMENT, module_name varchar(255) NOT NULL DEFAULT '',"
          " active char(1) NOT NULL DEFAULT 'Y', PRIMARY KEY (moduleid)" + end
        + "CREATE TABLE xcart_orders (orderid int(11) NOT NULL AUTO_INCREMENT, date int(11) NOT NULL DEFAULT 0,"
          " status char(1) NOT NULL DEFAULT 'Q', total decimal(12,2) NOT NULL DEFAULT 0, PRIMARY KEY (orderid)" + end
        + "CREATE TABLE xcart_order_details (itemid int(11) NOT NULL AUTO_INCREMENT, orderid int(11) NOT NULL DEFAULT 0,"
          " productid int(11) NOT NULL DEFAULT 0, amount int(11) NOT NULL DEFAULT 0, productcode varchar(32) NOT NULL DEFAULT '',"
          " PRIMARY KEY (itemid), KEY orderid (orderid), KEY productid (productid)" + end
        + "CREATE TABLE xcart_order_status_history (recid int(11) NOT NULL AUTO_INCREMENT, orderid int(11) NOT NULL DEFAULT 0,"
          " date_time int(11) NOT NULL DEFAULT 0, PRIMARY KEY (recid), KEY orderid (orderid, date_time)" + end
        + "INSERT INTO xcart_config VALUES ('unlimited_products', 'N');\n"
          "INSERT INTO xcart_modules (module_name, active) VALUES ('Egoods', 'Y'), ('Product_Configurator', 'Y'),"
          " ('Product_Options', 'Y');\n"
          "INSERT INTO xcart_products (productid, productcode, product, avail) SELECT seq, " + product_code
        + ", CONCAT('Product ', seq), " + count + " FROM seq_1_to_2000;\n"
          "INSERT INTO xcart_variants (productid, productcode, avail) SELECT seq, " + variant_code("A") + ", " + count
        + " FROM seq_1801_to_2000 UNION ALL SELECT seq, " + variant_code("B") + ", " + count + " FROM seq_1801_to_2000;\n"
          "INSERT INTO xcart_quick_flags SELECT seq, IF(seq > 1800, 'Y', '') FROM seq_1_to_2000;\n"
          "INSERT INTO xcart_products (productid, productcode, product, avail, provider, product_type, distribution) VALUES"
          " (3001, 'MiXed-1', 'Near', 50, 0, 'N', ''), (3002, 'BLANK-1 ', 'Blank', 50, 0, 'N', ''),"
          " (3003, '12345', 'Digits', 50, 0, 'N', ''), (3004, '0', 'Nought', 50, 0, 'N', ''),"
          " (3005, 'Größe-1', 'Umlaut', 50, 0, 'N', ''), (3006, 'DUP-1', 'One', 50, 1, 'N', ''),"
          " (3007, 'DUP-1', 'Two', 50, 2, 'N', ''), (3008, 'BOTH-1', 'Both', 50, 0, 'N', ''),"
          " (3009, 'KIT-1', 'Kit', 50, 0, 'C', ''), (3010, 'FILE-1', 'File', 50, 0, 'N', 'file.zip');\n"
          "INSERT INTO xcart_variants (productid, productcode, avail) VALUES (1801, 'BOTH-1', 50);\n"
          "INSERT INTO xcart_orders (orderid, date, status) VALUES (1000, UNIX_TIMESTAMP() - 9000000, 'C');\n";
}

std::string xcart5_tables()
{
    const std::string end = ") ENGINE=InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_unicode_ci;\n";
    return "CREATE TABLE xc_products (product_id int(10) unsigned NOT NULL AUTO_INCREMENT, sku varchar(32) DEFAULT NULL,"
           " price decimal(14,4) NOT NULL DEFAULT 0, inventoryEnabled tinyint(1) NOT NULL DEFAULT 1,"
           " amount int(10) unsigned NOT NULL DEFAULT 0, updateDate int(10) unsigned NOT NULL DEFAULT 0,"
           " entityVersion char(36) DEFAULT NULL, PRIMARY KEY (product_id), KEY sku (sku)" + end
        + "CREATE TABLE xc_product_variants (id int(10) unsigned NOT NULL AUTO_INCREMENT, product_id int(10) unsigned DEFAULT NULL,"
          " amount int(10) unsigned NOT NULL DEFAULT 0, defaultAmount tinyint(1) NOT NULL DEFAULT 1, sku varchar(32) DEFAULT NULL,"
          " PRIMARY KEY (id), KEY sku (sku), KEY product (product_id)" + end
        + "CREATE TABLE xc_product_translations (label_id int(10) unsigned NOT NULL AUTO_INCREMENT, id int(10) unsigned DEFAULT NULL,"
          " name varchar(255) NOT NULL, code char(2) NOT NULL, PRIMARY KEY (label_id), KEY ci (code, id)" + end
        + "CREATE TABLE xc_entity_type_versions (id int(10) unsigned NOT NULL AUTO_INCREMENT, entityType varchar(255) NOT NULL,"
          " version char(36) NOT NULL, PRIMARY KEY (id), UNIQUE KEY et (entityType)" + end
        + "CREATE TABLE xc_order_payment_statuses (id int(11) NOT NULL AUTO_INCREMENT, code char(4) DEFAULT NULL, PRIMARY KEY (id)"
        + end
        + "CREATE TABLE xc_order_status_properties (id int(10) unsigned NOT NULL AUTO_INCREMENT, payment_status_id int(11),"
          " shipping_status_id int(11), incStock tinyint(1) DEFAULT NULL, PRIMARY KEY (id), KEY p (payment_status_id)" + end
        + "CREATE TABLE xc_orders (order_id int(11) NOT NULL AUTO_INCREMENT, payment_status_id int(11) DEFAULT NULL,"
          " shipping_status_id int(11) DEFAULT NULL, is_order int(1) NOT NULL, orderNumber varchar(255) DEFAULT NULL,"
          " date int(11) NOT NULL DEFAULT 0, lastRenewDate int(11) NOT NULL DEFAULT 0,"
          " stockStatus varchar(32) NOT NULL DEFAULT '', PRIMARY KEY (order_id), KEY orderNumber (orderNumber)" + end
        + "CREATE TABLE xc_order_items (item_id int(11) NOT NULL AUTO_INCREMENT, object_id int(10) unsigned DEFAULT NULL,"
          " variant_id int(10) unsigned DEFAULT NULL, order_id int(11) DEFAULT NULL, sku varchar(32) NOT NULL DEFAULT '',"
          " amount int(11) NOT NULL DEFAULT 1, backorderedAmount int(11) NOT NULL DEFAULT 0, PRIMARY KEY (item_id),"
          " KEY object_id (object_id), KEY order_id (order_id)" + end
        + "INSERT INTO xc_products (product_id, sku, amount, entityVersion) SELECT seq, " + product_code + ", " + count
        + ", UUID() FROM seq_1_to_2000;\n"
          "INSERT INTO xc_product_translations (id, name, code) SELECT seq, CONCAT('Product ', seq), 'en' FROM seq_1_to_2000;\n"
          "INSERT INTO xc_product_variants (product_id, sku, amount, defaultAmount) SELECT seq, " + variant_code("A") + ", " + count
        + ", 0 FROM seq_1801_to_2000 UNION ALL SELECT seq, " + variant_code("B") + ", " + count + ", 0 FROM seq_1801_to_2000;\n"
          "INSERT INTO xc_entity_type_versions (entityType, version) VALUES ('XLite\\\\Model\\\\Product', UUID()),"
          " ('XC\\\\ProductVariants\\\\Model\\\\ProductVariant', UUID());\n"
          "INSERT INTO xc_order_payment_statuses (id, code) VALUES (1, 'Q'), (2, 'P'), (3, 'C'), (4, 'D');\n"
          "INSERT INTO xc_order_status_properties (payment_status_id, shipping_status_id, incStock) VALUES (1, 1, 0), (2, 1, 0),"
          " (3, 1, 1), (4, 1, 1);\n"
          "INSERT INTO xc_products (product_id, sku, amount, inventoryEnabled) VALUES (3001, 'MiXed-1', 50, 1),"
          " (3002, 'BLANK-1 ', 50, 1), (3003, '12345', 50, 1), (3004, '0', 50, 1), (3005, 'Größe-1', 50, 1),"
          " (3006, 'DUP-1', 50, 1), (3007, 'DUP-1', 50, 1), (3008, 'BOTH-1', 50, 1), (3009, 'OFF-1', 50, 0),"
          " (3010, NULL, 50, 1);\n"
          "INSERT INTO xc_product_variants (product_id, sku, amount, defaultAmount) VALUES (1801, 'BOTH-1', 50, 0),"
          " (1802, 'SHARED-1', 0, 1), (1803, NULL, 5, 0);\n"
          "INSERT INTO xc_orders (is_order, orderNumber, payment_status_id, shipping_status_id, date, lastRenewDate, stockStatus)"
          " VALUES (1, '1000', 2, 1, 1500000000, 1500000000, 'reduced');\n";
}

}  // namespace stocktray::tests
