// libstocktray for C#: the declarations of stocktray.h, and the few lines that most Order Managers need around them.
// Works with .NET 5 and later, and .NET Framework 4.7 and later, in programs of 32 and of 64 bits.
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Stocktray
{
    public static class Native
    {
        private const string Library = "stocktray";

        public const int STOCKTRAY_API_VERSION = 1;
        public const int STOCKTRAY_OK = 0;
        public const int STOCKTRAY_INVALID_ARGUMENT = 1;
        public const int STOCKTRAY_NOT_FOUND = 2;
        public const int STOCKTRAY_CONFLICT = 3;
        public const int STOCKTRAY_UNAUTHORIZED = 4;
        public const int STOCKTRAY_UNSUPPORTED = 5;
        public const int STOCKTRAY_BUSY = 6;
        public const int STOCKTRAY_TOO_LARGE = 7;
        public const int STOCKTRAY_STORAGE = 8;
        public const int STOCKTRAY_INTERNAL = 9;
        public const int STOCKTRAY_NO_AGENT = 10;
        public const int STOCKTRAY_NO_ANSWER = 11;
        public const int STOCKTRAY_BAD_ANSWER = 12;
        public const int STOCKTRAY_NOTHING = 13;
        public const int STOCKTRAY_AT_AGENT = 0;
        public const int STOCKTRAY_SPOOLED = 1;
        public const int STOCKTRAY_REFUSED = 2;

        // About
        [DllImport(Library)] public static extern uint stocktray_api_version();
        [DllImport(Library)] public static extern IntPtr stocktray_version();
        [DllImport(Library)] public static extern IntPtr stocktray_last_error();
        [DllImport(Library)] public static extern IntPtr stocktray_code_name(int code);

        // The connection
        [DllImport(Library)] public static extern int stocktray_open(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string client,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string endpoint,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string spool, out IntPtr opened);
        [DllImport(Library)] public static extern void stocktray_close(IntPtr connection);

        // Changes of counts
        [DllImport(Library)] public static extern IntPtr stocktray_change_new(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string id, [MarshalAs(UnmanagedType.LPUTF8Str)] string sku,
            long pieces, [MarshalAs(UnmanagedType.LPUTF8Str)] string reason);
        [DllImport(Library)] public static extern IntPtr stocktray_count_new(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string id, [MarshalAs(UnmanagedType.LPUTF8Str)] string sku,
            long qoh, long version, [MarshalAs(UnmanagedType.LPUTF8Str)] string reason);
        [DllImport(Library)] public static extern int stocktray_change_set_text(
            IntPtr change, [MarshalAs(UnmanagedType.LPUTF8Str)] string field,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string value);
        [DllImport(Library)] public static extern int stocktray_change_set_number(
            IntPtr change, [MarshalAs(UnmanagedType.LPUTF8Str)] string field, long value);
        [DllImport(Library)] public static extern void stocktray_change_free(IntPtr change);
        [DllImport(Library)] public static extern int stocktray_submit(
            IntPtr connection, IntPtr[] changes, UIntPtr count, int waitMs, [Out] int[] places);
        [DllImport(Library)] public static extern int stocktray_submit_one(
            IntPtr connection, IntPtr change, int waitMs, out int place);
        [DllImport(Library)] public static extern int stocktray_flush(IntPtr connection, int waitMs);

        // Web orders
        [DllImport(Library)] public static extern IntPtr stocktray_orders_new(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string cart,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string lastOrder);
        [DllImport(Library)] public static extern int stocktray_orders_add(
            IntPtr orders, [MarshalAs(UnmanagedType.LPUTF8Str)] string order,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string sku, [MarshalAs(UnmanagedType.LPUTF8Str)] string listing,
            long quantity, long taken);
        [DllImport(Library)] public static extern void stocktray_orders_free(IntPtr orders);
        [DllImport(Library)] public static extern int stocktray_orders_imported(
            IntPtr connection, IntPtr orders, int waitMs, out int place);

        // The whole count
        [DllImport(Library)] public static extern int stocktray_snapshot_open(
            IntPtr connection, int timeoutMs, out IntPtr opened);
        [DllImport(Library)] public static extern int stocktray_snapshot_add(
            IntPtr snapshot, [MarshalAs(UnmanagedType.LPUTF8Str)] string sku, long qoh,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string name, int tracked);
        [DllImport(Library)] public static extern int stocktray_snapshot_finish(
            IntPtr snapshot, out UIntPtr retake);
        [DllImport(Library)] public static extern IntPtr stocktray_snapshot_retake(
            IntPtr snapshot, UIntPtr index);
        [DllImport(Library)] public static extern void stocktray_snapshot_free(IntPtr snapshot);

        // What Get QOH found
        [DllImport(Library)] public static extern int stocktray_pull(
            IntPtr connection, [MarshalAs(UnmanagedType.LPUTF8Str)] string consumer, int limit, int timeoutMs,
            out IntPtr items);
        [DllImport(Library)] public static extern UIntPtr stocktray_items_count(IntPtr items);
        [DllImport(Library)] public static extern long stocktray_items_delta(IntPtr items, UIntPtr index);
        [DllImport(Library)] public static extern long stocktray_items_qoh(IntPtr items, UIntPtr index);
        [DllImport(Library)] public static extern int stocktray_items_is_new(IntPtr items, UIntPtr index);
        [DllImport(Library)] public static extern IntPtr stocktray_items_text(
            IntPtr items, UIntPtr index, [MarshalAs(UnmanagedType.LPUTF8Str)] string field);
        [DllImport(Library)] public static extern void stocktray_items_free(IntPtr items);
        [DllImport(Library)] public static extern int stocktray_acknowledge(
            IntPtr connection, [MarshalAs(UnmanagedType.LPUTF8Str)] string consumer,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string cursor, int timeoutMs);
        [DllImport(Library)] public static extern int stocktray_skip(
            IntPtr connection, [MarshalAs(UnmanagedType.LPUTF8Str)] string consumer,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string cursor,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string reason, int timeoutMs);

        // What to show
        [DllImport(Library)] public static extern long stocktray_waiting(IntPtr connection);
        [DllImport(Library)] public static extern long stocktray_refused(IntPtr connection);
        [DllImport(Library)] public static extern long stocktray_doubtful(IntPtr connection);
        [DllImport(Library)] public static extern long stocktray_silent_since(IntPtr connection);
        [DllImport(Library)] public static extern int stocktray_trouble(IntPtr connection);
        [DllImport(Library)] public static extern int stocktray_next_event(
            IntPtr connection, int timeoutMs, out IntPtr @event);
        [DllImport(Library)] public static extern IntPtr stocktray_event_topic(IntPtr @event);
        [DllImport(Library)] public static extern IntPtr stocktray_event_data(IntPtr @event);
        [DllImport(Library)] public static extern void stocktray_event_free(IntPtr @event);

        // Everything else
        [DllImport(Library)] public static extern int stocktray_call(
            IntPtr connection, [MarshalAs(UnmanagedType.LPUTF8Str)] string method,
            [MarshalAs(UnmanagedType.LPUTF8Str)] string @params, int timeoutMs, out IntPtr result);
        [DllImport(Library)] public static extern void stocktray_text_free(IntPtr text);
    }

    public sealed class StocktrayException : Exception
    {
        public int Code { get; }
        public StocktrayException(int code) : base(Connection.Text(Native.stocktray_last_error())) { Code = code; }
    }

    public sealed class Connection : IDisposable
    {
        private IntPtr handle;

        public Connection(string client, string endpoint = null, string spool = null)
        {
            Must(Native.stocktray_open(client, endpoint, spool, out handle));
        }

        // Saved when it returns: STOCKTRAY_AT_AGENT or STOCKTRAY_SPOOLED.
        public int Submit(string id, string sku, long pieces, string reason, int waitMs = 0)
        {
            IntPtr change = Native.stocktray_change_new(id, sku, pieces, reason);
            try
            {
                Must(Native.stocktray_submit_one(handle, change, waitMs, out int place));
                return place;
            }
            finally
            {
                Native.stocktray_change_free(change);
            }
        }

        public long Waiting => Native.stocktray_waiting(handle);
        public long SilentSince => Native.stocktray_silent_since(handle);
        // Why nothing is delivered just now; null: all is well.
        public string Trouble => Native.stocktray_trouble(handle) == Native.STOCKTRAY_OK ? null : Text(Native.stocktray_last_error());

        public void Dispose()
        {
            Native.stocktray_close(handle);
            handle = IntPtr.Zero;
        }

        internal static string Text(IntPtr utf8)
        {
            if (utf8 == IntPtr.Zero) return null;
            int length = 0;
            while (Marshal.ReadByte(utf8, length) != 0) ++length;
            byte[] bytes = new byte[length];
            Marshal.Copy(utf8, bytes, 0, length);
            return Encoding.UTF8.GetString(bytes);
        }

        private static void Must(int code)
        {
            if (code != Native.STOCKTRAY_OK) throw new StocktrayException(code);
        }
    }
}
