' libstocktray for Visual Basic .NET: the declarations of stocktray.h.
' Works with .NET 5 and later, and .NET Framework 4.7 and later, in programs of 32 and of 64 bits.
Imports System
Imports System.Runtime.InteropServices

Public NotInheritable Class Native
    Private Const Library As String = "stocktray"

    Public Const STOCKTRAY_API_VERSION As Integer = 1
    Public Const STOCKTRAY_OK As Integer = 0
    Public Const STOCKTRAY_INVALID_ARGUMENT As Integer = 1
    Public Const STOCKTRAY_NOT_FOUND As Integer = 2
    Public Const STOCKTRAY_CONFLICT As Integer = 3
    Public Const STOCKTRAY_UNAUTHORIZED As Integer = 4
    Public Const STOCKTRAY_UNSUPPORTED As Integer = 5
    Public Const STOCKTRAY_BUSY As Integer = 6
    Public Const STOCKTRAY_TOO_LARGE As Integer = 7
    Public Const STOCKTRAY_STORAGE As Integer = 8
    Public Const STOCKTRAY_INTERNAL As Integer = 9
    Public Const STOCKTRAY_NO_AGENT As Integer = 10
    Public Const STOCKTRAY_NO_ANSWER As Integer = 11
    Public Const STOCKTRAY_BAD_ANSWER As Integer = 12
    Public Const STOCKTRAY_NOTHING As Integer = 13
    Public Const STOCKTRAY_AT_AGENT As Integer = 0
    Public Const STOCKTRAY_SPOOLED As Integer = 1
    Public Const STOCKTRAY_REFUSED As Integer = 2

    ' About
    <DllImport(Library)>
    Public Shared Function stocktray_api_version() As UInteger
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_version() As IntPtr
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_last_error() As IntPtr
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_code_name(code As Integer) As IntPtr
    End Function

    ' The connection
    <DllImport(Library)>
    Public Shared Function stocktray_open(
            <MarshalAs(UnmanagedType.LPUTF8Str)> client As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> endpoint As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> spool As String, ByRef opened As IntPtr) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Sub stocktray_close(connection As IntPtr)
    End Sub

    ' Changes of counts
    <DllImport(Library)>
    Public Shared Function stocktray_change_new(
            <MarshalAs(UnmanagedType.LPUTF8Str)> id As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> sku As String, pieces As Long,
            <MarshalAs(UnmanagedType.LPUTF8Str)> reason As String) As IntPtr
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_count_new(
            <MarshalAs(UnmanagedType.LPUTF8Str)> id As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> sku As String, qoh As Long, version As Long,
            <MarshalAs(UnmanagedType.LPUTF8Str)> reason As String) As IntPtr
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_change_set_text(
            change As IntPtr, <MarshalAs(UnmanagedType.LPUTF8Str)> field As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> value As String) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_change_set_number(
            change As IntPtr, <MarshalAs(UnmanagedType.LPUTF8Str)> field As String, value As Long) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Sub stocktray_change_free(change As IntPtr)
    End Sub
    <DllImport(Library)>
    Public Shared Function stocktray_submit(
            connection As IntPtr, changes As IntPtr(), count As UIntPtr, waitMs As Integer,
            <Out> places As Integer()) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_submit_one(
            connection As IntPtr, change As IntPtr, waitMs As Integer, ByRef place As Integer) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_flush(connection As IntPtr, waitMs As Integer) As Integer
    End Function

    ' Web orders
    <DllImport(Library)>
    Public Shared Function stocktray_orders_new(
            <MarshalAs(UnmanagedType.LPUTF8Str)> cart As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> lastOrder As String) As IntPtr
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_orders_add(
            orders As IntPtr, <MarshalAs(UnmanagedType.LPUTF8Str)> order As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> sku As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> listing As String, quantity As Long, taken As Long) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Sub stocktray_orders_free(orders As IntPtr)
    End Sub
    <DllImport(Library)>
    Public Shared Function stocktray_orders_imported(
            connection As IntPtr, orders As IntPtr, waitMs As Integer, ByRef place As Integer) As Integer
    End Function

    ' The whole count
    <DllImport(Library)>
    Public Shared Function stocktray_snapshot_open(
            connection As IntPtr, timeoutMs As Integer, ByRef opened As IntPtr) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_snapshot_add(
            snapshot As IntPtr, <MarshalAs(UnmanagedType.LPUTF8Str)> sku As String, qoh As Long,
            <MarshalAs(UnmanagedType.LPUTF8Str)> name As String, tracked As Integer) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_snapshot_finish(snapshot As IntPtr, ByRef retake As UIntPtr) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_snapshot_retake(snapshot As IntPtr, index As UIntPtr) As IntPtr
    End Function
    <DllImport(Library)>
    Public Shared Sub stocktray_snapshot_free(snapshot As IntPtr)
    End Sub

    ' What Get QOH found
    <DllImport(Library)>
    Public Shared Function stocktray_pull(
            connection As IntPtr, <MarshalAs(UnmanagedType.LPUTF8Str)> consumer As String, limit As Integer,
            timeoutMs As Integer, ByRef items As IntPtr) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_items_count(items As IntPtr) As UIntPtr
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_items_delta(items As IntPtr, index As UIntPtr) As Long
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_items_qoh(items As IntPtr, index As UIntPtr) As Long
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_items_is_new(items As IntPtr, index As UIntPtr) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_items_text(
            items As IntPtr, index As UIntPtr, <MarshalAs(UnmanagedType.LPUTF8Str)> field As String) As IntPtr
    End Function
    <DllImport(Library)>
    Public Shared Sub stocktray_items_free(items As IntPtr)
    End Sub
    <DllImport(Library)>
    Public Shared Function stocktray_acknowledge(
            connection As IntPtr, <MarshalAs(UnmanagedType.LPUTF8Str)> consumer As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> cursor As String, timeoutMs As Integer) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_skip(
            connection As IntPtr, <MarshalAs(UnmanagedType.LPUTF8Str)> consumer As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> cursor As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> reason As String, timeoutMs As Integer) As Integer
    End Function

    ' What to show
    <DllImport(Library)>
    Public Shared Function stocktray_waiting(connection As IntPtr) As Long
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_refused(connection As IntPtr) As Long
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_doubtful(connection As IntPtr) As Long
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_silent_since(connection As IntPtr) As Long
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_trouble(connection As IntPtr) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_next_event(
            connection As IntPtr, timeoutMs As Integer, ByRef [event] As IntPtr) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_event_topic([event] As IntPtr) As IntPtr
    End Function
    <DllImport(Library)>
    Public Shared Function stocktray_event_data([event] As IntPtr) As IntPtr
    End Function
    <DllImport(Library)>
    Public Shared Sub stocktray_event_free([event] As IntPtr)
    End Sub

    ' Everything else
    <DllImport(Library)>
    Public Shared Function stocktray_call(
            connection As IntPtr, <MarshalAs(UnmanagedType.LPUTF8Str)> method As String,
            <MarshalAs(UnmanagedType.LPUTF8Str)> params As String, timeoutMs As Integer, ByRef result As IntPtr) As Integer
    End Function
    <DllImport(Library)>
    Public Shared Sub stocktray_text_free(text As IntPtr)
    End Sub
End Class
