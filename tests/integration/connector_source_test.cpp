// The connector's text: it has to run on every PHP from 5.4 on, and CI has only one of them.
#include "tests/support/process.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

using namespace stocktray::tests;

namespace {

const std::string installer = std::string{STOCKTRAY_SOURCE_DIR} + "/installer";

// Code with comments and the insides of strings taken out, so that words in them are not mistaken for syntax.
std::string bare_code(const std::string& file) {
    const std::string program =
        "$out = ''; foreach (token_get_all(file_get_contents($argv[1])) as $t) {"
        " if (!is_array($t)) { $out .= $t; } elseif (in_array($t[0], array(T_COMMENT, T_DOC_COMMENT))) { "
        "$out .= ' '; }"
        " elseif ($t[0] === T_CONSTANT_ENCAPSED_STRING) { $out .= \"''\"; } else { $out .= $t[1]; } } echo "
        "$out;";
    return run({{"php", "-r", program, file}, {}, {}}).output;
}

struct Newer {
    const char* name;
    const char* pattern;
};

constexpr Newer newer_than_54[] = {
    {"short closures (7.4)", R"(\bfn\s*\()"},
    {"null coalescing (7.0)", R"(\?\?)"},
    {"null-safe calls (8.0)", R"(\?->)"},
    {"spread and variadics (5.6)", R"(\.\.\.)"},
    {"spaceship (7.0)", R"(<=>)"},
    {"power (5.6)", R"(\*\*)"},
    {"match (8.0)", R"(\bmatch\s*\()"},
    {"finally (5.5)", R"(\bfinally\b)"},
    {"generators (5.5)", R"(\byield\b)"},
    {"class names as constants (5.5)", R"(::class\b)"},
    {"anonymous classes (7.0)", R"(\bnew\s+class\b)"},
    {"return types (7.0)", R"(\bfunction\s*\w*\s*\([^)]*\)\s*(use\s*\([^)]*\)\s*)?:)"},
    {"scalar types (7.0)", R"([(,]\s*\??(int|string|bool|float|iterable|object|mixed)\s+&?\$)"},
    {"typed properties (7.4)",
     R"(\b(public|private|protected)\s+(static\s+)?\??(int|string|bool|float|array|[A-Z]\w*)\s+\$)"},
    {"constant visibility (7.1)", R"(\b(public|private|protected)\s+const\b)"},
    {"constant arrays (5.6)", R"(\bconst\s+\w+\s*=\s*(array\s*\(|\[))"},
    {"lists in foreach (5.5)", R"(\bas\s+(\$\w+\s*=>\s*)?(list\s*\(|\[))"},
    {"short lists (7.1)", R"([;{}]\s*\[[^\]]*\]\s*=[^=>])"},
    {"several exceptions in a catch (7.1)", R"(\bcatch\s*\([^)]*\|)"},
    {"grouped use (7.0)", R"(\buse\s+[\w\\]+\\\{)"},
    {"use function (5.6)", R"(\buse\s+(function|const)\b)"},
    {"attributes (8.0)", R"(#\[)"},
    {"enums and readonly (8.1)", R"(\b(enum\s+\w+\s*[\{:]|readonly\b))"},
    {"empty() of an expression (5.5)", R"(\bempty\s*\(\s*[^$\s])"},
};

}  // namespace

TEST_SUITE("Connector") {
    TEST_CASE("every PHP file is sound") {
        for (const char* file :
             {"/xcart-connector/stocktray.php", "/xcart-connector/stocktray-config.sample.php",
              "/practice-store/make.php"}) {
            CAPTURE(std::string{file});
            const auto lint = run({{"php", "-l", installer + file}, {}, {}});
            CHECK_MESSAGE(lint.exit_code == 0, lint.output);
        }
    }

    TEST_CASE("the connector uses no syntax newer than PHP 5.4") {
        const auto code = bare_code(installer + "/xcart-connector/stocktray.php");
        REQUIRE(code.size() > 20'000);
        for (const Newer& newer : newer_than_54) {
            CAPTURE(std::string{newer.name});
            std::smatch found;
            const bool is_there = std::regex_search(code, found, std::regex{newer.pattern});
            CHECK_MESSAGE(!is_there, found.str());
        }
    }

    TEST_CASE("functions that PHP 5.4 lacks are asked for before they are called") {
        const auto code = run({{"cat", installer + "/xcart-connector/stocktray.php"}, {}, {}}).output;
        for (const char* name :
             {"random_bytes", "hash_equals", "password_verify", "fastcgi_finish_request"}) {
            CAPTURE(std::string{name});
            CHECK(code.find("function_exists('" + std::string{name} + "')") != std::string::npos);
        }
        const auto bare = bare_code(installer + "/xcart-connector/stocktray.php");
        for (const char* name : {"get_result", "array_column", "random_int", "intdiv", "str_contains",
                                 "str_starts_with", "array_key_first"}) {
            CAPTURE(std::string{name});
            CHECK(bare.find(name) == std::string::npos);
        }
    }

    TEST_CASE("functions that hosts switch off are asked for before they are called") {
        const auto code = run({{"cat", installer + "/xcart-connector/stocktray.php"}, {}, {}}).output;
        const auto bare = bare_code(installer + "/xcart-connector/stocktray.php");
        for (const std::string name : {"set_time_limit", "ini_set", "ini_get", "ignore_user_abort", "getenv"}) {
            CAPTURE(name);
            CHECK(code.find("function_exists('" + name + "')") != std::string::npos);
            const auto last_call = bare.rfind(name + "(");
            CHECK(last_call > bare.find("final class Host"));
            CHECK(last_call < bare.find("final class Config"));
        }
    }

    // Whoever may guess as often as he likes learns from the time of an answer how much of his guess was right, if the comparison
    // ends at the first difference.
    TEST_CASE("no secret is compared but in the one place that takes the same time wherever they differ") {
        const std::string program = R"php(
            // Statements with a comparison of two values that are no constants, or a call that compares, and a secret in them.
            $compare = array(T_IS_EQUAL, T_IS_NOT_EQUAL, T_IS_IDENTICAL, T_IS_NOT_IDENTICAL, T_SPACESHIP);
            $calls = '/^(strn?(case)?cmp|strnat(case)?cmp|strcoll|substr_compare|in_array|array_search|array_keys|str(r|i|ri)?pos|str_(starts|ends)_with|str_contains|similar_text|levenshtein|switch)$/i';
            $secret = '/^(\'password\'|.*password|\$?proof|secretSha256|secretHash|\$secret|hash|hash_hmac|md5|sha1|crypt)$/i';
            $constant = array(T_CONSTANT_ENCAPSED_STRING, T_LNUMBER, T_DNUMBER);
            $tokens = array();
            foreach (token_get_all(file_get_contents($argv[1])) as $t) {
                if (!is_array($t)) { $t = array(0, $t, 0); }
                if (!in_array($t[0], array(T_COMMENT, T_DOC_COMMENT, T_WHITESPACE), true)) { $tokens[] = $t; }
            }
            $fixed = function ($t) use ($constant) {
                return in_array($t[0], $constant, true) || in_array(strtolower($t[1]), array('null', 'true', 'false', 'array'), true);
            };
            $class = ''; $compares = $names = false; $text = ''; $line = 0;
            foreach ($tokens as $i => $t) {
                if ($t[2] > 0) { $line = $t[2]; }
                if ($t[0] === T_CLASS && $tokens[$i + 1][0] === T_STRING) { $class = $tokens[$i + 1][1]; }
                if ($t[0] === 0 && in_array($t[1], array(';', '{', '}'), true)) {
                    if ($compares && $names && $class !== 'Secret') { echo "line $line:$text\n"; }
                    $compares = $names = false; $text = '';
                    continue;
                }
                $text .= ' ' . $t[1];
                if (in_array($t[0], $compare, true) && !$fixed($tokens[$i + 1]) && !$fixed($tokens[$i - 1])) { $compares = true; }
                if (preg_match($calls, $t[1]) && $tokens[$i + 1][1] === '(') { $compares = true; }
                if (preg_match($secret, $t[1])) { $names = true; }
            })php";
        const auto file = installer + "/xcart-connector/stocktray.php";
        const auto compared = run({{"php", "-r", program, file}, {}, {}});
        CHECK(compared.exit_code == 0);
        CHECK(compared.output == "");
        const auto code = bare_code(file);
        std::ptrdiff_t uses = 0;
        for (auto at = code.find("Secret::equal("); at != std::string::npos; at = code.find("Secret::equal(", at + 1)) ++uses;
        CHECK(uses == 3);  // the user, the password, a password that is remembered
    }

    TEST_CASE("the connector reads no address field, writes no file, runs no text") {
        const auto code = bare_code(installer + "/xcart-connector/stocktray.php");
        for (const char* pattern : {R"(\$_GET\b)", R"(\$_REQUEST\b)", R"(\$_COOKIE\b)", R"(\beval\s*\()",
                                    R"(\bfile_put_contents\s*\()", R"(\bfopen\s*\()", R"([^>\w]exec\s*\()",
                                    R"(\bshell_exec\b)", R"(\bsystem\s*\()", R"(\bsession_start\b)",
                                    R"(\bsetcookie\b)", R"(\berror_log\b)", R"(\bunserialize\b)"}) {
            CAPTURE(std::string{pattern});
            CHECK_FALSE(std::regex_search(code, std::regex{pattern}));
        }
    }

    // A second opinion where Node's package php-parser is at hand: STOCKTRAY_PHP_PARSER names the folder of
    // the package.
    TEST_CASE("a parser set to PHP 5.4 accepts the connector") {
        const char* package = std::getenv("STOCKTRAY_PHP_PARSER");
        if (package == nullptr) {
            MESSAGE("skipped: STOCKTRAY_PHP_PARSER is not set");
            return;
        }
        const std::string program =
            "const e = require(process.argv[1]); new e.Engine({parser: {version: '5.4', extractDoc: false}, "
            "lexer: {}})"
            ".parseCode(require('fs').readFileSync(process.argv[2], 'utf8'), 'stocktray.php')";
        const auto parsed =
            run({{"node", "-e", program, package, installer + "/xcart-connector/stocktray.php"}, {}, {}});
        CHECK_MESSAGE(parsed.exit_code == 0, parsed.errors);
    }
}
