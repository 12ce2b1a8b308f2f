Attribute VB_Name = "Stocktray"
Option Compare Database
Option Explicit
' libstocktray for Access, of 32 and of 64 bits. Import this module; stocktray.dll lies beside the database or in
' the PATH. Below the declarations of stocktray.h: what most Order Managers need of it.
'
' Texts cross as UTF-8 bytes. A whole number of 64 bits is a LongLong where there is one, else a Currency, whose
' last four digits stand behind the point: Wide and Narrow turn it.

Public Const STOCKTRAY_API_VERSION As Long = 1
Public Const STOCKTRAY_OK As Long = 0
Public Const STOCKTRAY_INVALID_ARGUMENT As Long = 1
Public Const STOCKTRAY_NOT_FOUND As Long = 2
Public Const STOCKTRAY_CONFLICT As Long = 3
Public Const STOCKTRAY_UNAUTHORIZED As Long = 4
Public Const STOCKTRAY_UNSUPPORTED As Long = 5
Public Const STOCKTRAY_BUSY As Long = 6
Public Const STOCKTRAY_TOO_LARGE As Long = 7
Public Const STOCKTRAY_STORAGE As Long = 8
Public Const STOCKTRAY_INTERNAL As Long = 9
Public Const STOCKTRAY_NO_AGENT As Long = 10
Public Const STOCKTRAY_NO_ANSWER As Long = 11
Public Const STOCKTRAY_BAD_ANSWER As Long = 12
Public Const STOCKTRAY_NOTHING As Long = 13
Public Const STOCKTRAY_AT_AGENT As Long = 0
Public Const STOCKTRAY_SPOOLED As Long = 1
Public Const STOCKTRAY_REFUSED As Long = 2

#If Win64 Then
    Private Declare PtrSafe Function stocktray_api_version Lib "stocktray.dll" () As Long
    Private Declare PtrSafe Function stocktray_version Lib "stocktray.dll" () As LongPtr
    Private Declare PtrSafe Function stocktray_last_error Lib "stocktray.dll" () As LongPtr
    Private Declare PtrSafe Function stocktray_code_name Lib "stocktray.dll" (ByVal code As Long) As LongPtr
    Private Declare PtrSafe Function stocktray_open Lib "stocktray.dll" _
        (ByVal client As LongPtr, ByVal endpoint As LongPtr, ByVal spool As LongPtr, ByRef opened As LongPtr) As Long
    Private Declare PtrSafe Sub stocktray_close Lib "stocktray.dll" (ByVal connection As LongPtr)
    Private Declare PtrSafe Function stocktray_change_new Lib "stocktray.dll" _
        (ByVal id As LongPtr, ByVal sku As LongPtr, ByVal pieces As LongLong, ByVal reason As LongPtr) As LongPtr
    Private Declare PtrSafe Function stocktray_count_new Lib "stocktray.dll" _
        (ByVal id As LongPtr, ByVal sku As LongPtr, ByVal qoh As LongLong, ByVal version As LongLong, _
             ByVal reason As LongPtr) As LongPtr
    Private Declare PtrSafe Function stocktray_change_set_text Lib "stocktray.dll" _
        (ByVal change As LongPtr, ByVal field As LongPtr, ByVal value As LongPtr) As Long
    Private Declare PtrSafe Function stocktray_change_set_number Lib "stocktray.dll" _
        (ByVal change As LongPtr, ByVal field As LongPtr, ByVal value As LongLong) As Long
    Private Declare PtrSafe Sub stocktray_change_free Lib "stocktray.dll" (ByVal change As LongPtr)
    Private Declare PtrSafe Function stocktray_submit Lib "stocktray.dll" _
        (ByVal connection As LongPtr, ByRef changes As LongPtr, ByVal count As LongPtr, ByVal waitMs As Long, _
             ByRef places As Long) As Long
    Private Declare PtrSafe Function stocktray_submit_one Lib "stocktray.dll" _
        (ByVal connection As LongPtr, ByVal change As LongPtr, ByVal waitMs As Long, ByRef place As Long) As Long
    Private Declare PtrSafe Function stocktray_flush Lib "stocktray.dll" _
        (ByVal connection As LongPtr, ByVal waitMs As Long) As Long
    Private Declare PtrSafe Function stocktray_orders_new Lib "stocktray.dll" _
        (ByVal cart As LongPtr, ByVal lastOrder As LongPtr) As LongPtr
    Private Declare PtrSafe Function stocktray_orders_add Lib "stocktray.dll" _
        (ByVal orders As LongPtr, ByVal order As LongPtr, ByVal sku As LongPtr, ByVal listing As LongPtr, _
             ByVal quantity As LongLong, ByVal taken As LongLong) As Long
    Private Declare PtrSafe Sub stocktray_orders_free Lib "stocktray.dll" (ByVal orders As LongPtr)
    Private Declare PtrSafe Function stocktray_orders_imported Lib "stocktray.dll" _
        (ByVal connection As LongPtr, ByVal orders As LongPtr, ByVal waitMs As Long, ByRef place As Long) As Long
    Private Declare PtrSafe Function stocktray_snapshot_open Lib "stocktray.dll" _
        (ByVal connection As LongPtr, ByVal timeoutMs As Long, ByRef opened As LongPtr) As Long
    Private Declare PtrSafe Function stocktray_snapshot_add Lib "stocktray.dll" _
        (ByVal snapshot As LongPtr, ByVal sku As LongPtr, ByVal qoh As LongLong, ByVal title As LongPtr, _
             ByVal tracked As Long) As Long
    Private Declare PtrSafe Function stocktray_snapshot_finish Lib "stocktray.dll" _
        (ByVal snapshot As LongPtr, ByRef retake As LongPtr) As Long
    Private Declare PtrSafe Function stocktray_snapshot_retake Lib "stocktray.dll" _
        (ByVal snapshot As LongPtr, ByVal index As LongPtr) As LongPtr
    Private Declare PtrSafe Sub stocktray_snapshot_free Lib "stocktray.dll" (ByVal snapshot As LongPtr)
    Private Declare PtrSafe Function stocktray_pull Lib "stocktray.dll" _
        (ByVal connection As LongPtr, ByVal consumer As LongPtr, ByVal limit As Long, _
             ByVal timeoutMs As Long, ByRef items As LongPtr) As Long
    Private Declare PtrSafe Function stocktray_items_count Lib "stocktray.dll" (ByVal items As LongPtr) As LongPtr
    Private Declare PtrSafe Function stocktray_items_delta Lib "stocktray.dll" _
        (ByVal items As LongPtr, ByVal index As LongPtr) As LongLong
    Private Declare PtrSafe Function stocktray_items_qoh Lib "stocktray.dll" _
        (ByVal items As LongPtr, ByVal index As LongPtr) As LongLong
    Private Declare PtrSafe Function stocktray_items_is_new Lib "stocktray.dll" _
        (ByVal items As LongPtr, ByVal index As LongPtr) As Long
    Private Declare PtrSafe Function stocktray_items_text Lib "stocktray.dll" _
        (ByVal items As LongPtr, ByVal index As LongPtr, ByVal field As LongPtr) As LongPtr
    Private Declare PtrSafe Sub stocktray_items_free Lib "stocktray.dll" (ByVal items As LongPtr)
    Private Declare PtrSafe Function stocktray_acknowledge Lib "stocktray.dll" _
        (ByVal connection As LongPtr, ByVal consumer As LongPtr, ByVal cursor As LongPtr, _
             ByVal timeoutMs As Long) As Long
    Private Declare PtrSafe Function stocktray_skip Lib "stocktray.dll" _
        (ByVal connection As LongPtr, ByVal consumer As LongPtr, ByVal cursor As LongPtr, _
             ByVal reason As LongPtr, ByVal timeoutMs As Long) As Long
    Private Declare PtrSafe Function stocktray_waiting Lib "stocktray.dll" (ByVal connection As LongPtr) As LongLong
    Private Declare PtrSafe Function stocktray_refused Lib "stocktray.dll" (ByVal connection As LongPtr) As LongLong
    Private Declare PtrSafe Function stocktray_doubtful Lib "stocktray.dll" (ByVal connection As LongPtr) As LongLong
    Private Declare PtrSafe Function stocktray_silent_since Lib "stocktray.dll" _
        (ByVal connection As LongPtr) As LongLong
    Private Declare PtrSafe Function stocktray_trouble Lib "stocktray.dll" (ByVal connection As LongPtr) As Long
    Private Declare PtrSafe Function stocktray_next_event Lib "stocktray.dll" _
        (ByVal connection As LongPtr, ByVal timeoutMs As Long, ByRef found As LongPtr) As Long
    Private Declare PtrSafe Function stocktray_event_topic Lib "stocktray.dll" (ByVal found As LongPtr) As LongPtr
    Private Declare PtrSafe Function stocktray_event_data Lib "stocktray.dll" (ByVal found As LongPtr) As LongPtr
    Private Declare PtrSafe Sub stocktray_event_free Lib "stocktray.dll" (ByVal found As LongPtr)
    Private Declare PtrSafe Function stocktray_call Lib "stocktray.dll" _
        (ByVal connection As LongPtr, ByVal method As LongPtr, ByVal params As LongPtr, _
             ByVal timeoutMs As Long, ByRef result As LongPtr) As Long
    Private Declare PtrSafe Sub stocktray_text_free Lib "stocktray.dll" (ByVal text As LongPtr)
    Private Declare PtrSafe Function lstrlenA Lib "kernel32" (ByVal text As LongPtr) As Long
    Private Declare PtrSafe Function MultiByteToWideChar Lib "kernel32" (ByVal page As Long, ByVal flags As Long, _
        ByVal bytes As LongPtr, ByVal count As Long, ByVal text As LongPtr, ByVal room As Long) As Long
    Private Declare PtrSafe Function WideCharToMultiByte Lib "kernel32" (ByVal page As Long, ByVal flags As Long, _
        ByVal text As LongPtr, ByVal length As Long, ByVal bytes As LongPtr, ByVal room As Long, _
        ByVal instead As LongPtr, ByVal used As LongPtr) As Long
    Private om As LongPtr
#Else
    Private Declare Function stocktray_api_version Lib "stocktray.dll" () As Long
    Private Declare Function stocktray_version Lib "stocktray.dll" () As Long
    Private Declare Function stocktray_last_error Lib "stocktray.dll" () As Long
    Private Declare Function stocktray_code_name Lib "stocktray.dll" (ByVal code As Long) As Long
    Private Declare Function stocktray_open Lib "stocktray.dll" _
        (ByVal client As Long, ByVal endpoint As Long, ByVal spool As Long, ByRef opened As Long) As Long
    Private Declare Sub stocktray_close Lib "stocktray.dll" (ByVal connection As Long)
    Private Declare Function stocktray_change_new Lib "stocktray.dll" _
        (ByVal id As Long, ByVal sku As Long, ByVal pieces As Currency, ByVal reason As Long) As Long
    Private Declare Function stocktray_count_new Lib "stocktray.dll" _
        (ByVal id As Long, ByVal sku As Long, ByVal qoh As Currency, ByVal version As Currency, _
             ByVal reason As Long) As Long
    Private Declare Function stocktray_change_set_text Lib "stocktray.dll" _
        (ByVal change As Long, ByVal field As Long, ByVal value As Long) As Long
    Private Declare Function stocktray_change_set_number Lib "stocktray.dll" _
        (ByVal change As Long, ByVal field As Long, ByVal value As Currency) As Long
    Private Declare Sub stocktray_change_free Lib "stocktray.dll" (ByVal change As Long)
    Private Declare Function stocktray_submit Lib "stocktray.dll" _
        (ByVal connection As Long, ByRef changes As Long, ByVal count As Long, ByVal waitMs As Long, _
             ByRef places As Long) As Long
    Private Declare Function stocktray_submit_one Lib "stocktray.dll" _
        (ByVal connection As Long, ByVal change As Long, ByVal waitMs As Long, ByRef place As Long) As Long
    Private Declare Function stocktray_flush Lib "stocktray.dll" _
        (ByVal connection As Long, ByVal waitMs As Long) As Long
    Private Declare Function stocktray_orders_new Lib "stocktray.dll" _
        (ByVal cart As Long, ByVal lastOrder As Long) As Long
    Private Declare Function stocktray_orders_add Lib "stocktray.dll" _
        (ByVal orders As Long, ByVal order As Long, ByVal sku As Long, ByVal listing As Long, _
             ByVal quantity As Currency, ByVal taken As Currency) As Long
    Private Declare Sub stocktray_orders_free Lib "stocktray.dll" (ByVal orders As Long)
    Private Declare Function stocktray_orders_imported Lib "stocktray.dll" _
        (ByVal connection As Long, ByVal orders As Long, ByVal waitMs As Long, ByRef place As Long) As Long
    Private Declare Function stocktray_snapshot_open Lib "stocktray.dll" _
        (ByVal connection As Long, ByVal timeoutMs As Long, ByRef opened As Long) As Long
    Private Declare Function stocktray_snapshot_add Lib "stocktray.dll" _
        (ByVal snapshot As Long, ByVal sku As Long, ByVal qoh As Currency, ByVal title As Long, _
             ByVal tracked As Long) As Long
    Private Declare Function stocktray_snapshot_finish Lib "stocktray.dll" _
        (ByVal snapshot As Long, ByRef retake As Long) As Long
    Private Declare Function stocktray_snapshot_retake Lib "stocktray.dll" _
        (ByVal snapshot As Long, ByVal index As Long) As Long
    Private Declare Sub stocktray_snapshot_free Lib "stocktray.dll" (ByVal snapshot As Long)
    Private Declare Function stocktray_pull Lib "stocktray.dll" _
        (ByVal connection As Long, ByVal consumer As Long, ByVal limit As Long, ByVal timeoutMs As Long, _
             ByRef items As Long) As Long
    Private Declare Function stocktray_items_count Lib "stocktray.dll" (ByVal items As Long) As Long
    Private Declare Function stocktray_items_delta Lib "stocktray.dll" _
        (ByVal items As Long, ByVal index As Long) As Currency
    Private Declare Function stocktray_items_qoh Lib "stocktray.dll" _
        (ByVal items As Long, ByVal index As Long) As Currency
    Private Declare Function stocktray_items_is_new Lib "stocktray.dll" _
        (ByVal items As Long, ByVal index As Long) As Long
    Private Declare Function stocktray_items_text Lib "stocktray.dll" _
        (ByVal items As Long, ByVal index As Long, ByVal field As Long) As Long
    Private Declare Sub stocktray_items_free Lib "stocktray.dll" (ByVal items As Long)
    Private Declare Function stocktray_acknowledge Lib "stocktray.dll" _
        (ByVal connection As Long, ByVal consumer As Long, ByVal cursor As Long, ByVal timeoutMs As Long) As Long
    Private Declare Function stocktray_skip Lib "stocktray.dll" _
        (ByVal connection As Long, ByVal consumer As Long, ByVal cursor As Long, ByVal reason As Long, _
             ByVal timeoutMs As Long) As Long
    Private Declare Function stocktray_waiting Lib "stocktray.dll" (ByVal connection As Long) As Currency
    Private Declare Function stocktray_refused Lib "stocktray.dll" (ByVal connection As Long) As Currency
    Private Declare Function stocktray_doubtful Lib "stocktray.dll" (ByVal connection As Long) As Currency
    Private Declare Function stocktray_silent_since Lib "stocktray.dll" (ByVal connection As Long) As Currency
    Private Declare Function stocktray_trouble Lib "stocktray.dll" (ByVal connection As Long) As Long
    Private Declare Function stocktray_next_event Lib "stocktray.dll" _
        (ByVal connection As Long, ByVal timeoutMs As Long, ByRef found As Long) As Long
    Private Declare Function stocktray_event_topic Lib "stocktray.dll" (ByVal found As Long) As Long
    Private Declare Function stocktray_event_data Lib "stocktray.dll" (ByVal found As Long) As Long
    Private Declare Sub stocktray_event_free Lib "stocktray.dll" (ByVal found As Long)
    Private Declare Function stocktray_call Lib "stocktray.dll" _
        (ByVal connection As Long, ByVal method As Long, ByVal params As Long, ByVal timeoutMs As Long, _
             ByRef result As Long) As Long
    Private Declare Sub stocktray_text_free Lib "stocktray.dll" (ByVal text As Long)
    Private Declare Function lstrlenA Lib "kernel32" (ByVal text As Long) As Long
    Private Declare Function MultiByteToWideChar Lib "kernel32" (ByVal page As Long, ByVal flags As Long, _
        ByVal bytes As Long, ByVal count As Long, ByVal text As Long, ByVal room As Long) As Long
    Private Declare Function WideCharToMultiByte Lib "kernel32" (ByVal page As Long, ByVal flags As Long, _
        ByVal text As Long, ByVal length As Long, ByVal bytes As Long, ByVal room As Long, _
        ByVal instead As Long, ByVal used As Long) As Long
    Private om As Long
#End If

Private Const CP_UTF8 As Long = 65001

' At the start of the program. Does not wait for an agent.
Public Sub StocktrayOpen(ByVal client As String)
    Dim clientBytes() As Byte
    clientBytes = Utf8(client)
    Must stocktray_open(VarPtr(clientBytes(0)), 0, 0, om)
End Sub

' At its end. What was not delivered goes on when it is opened again.
Public Sub StocktrayClose()
    stocktray_close om
    om = 0
End Sub

' Saved when it returns, whether or not the agent is there. id: yours, kept with the change in your own tables.
' webOrder, fromCart: where a web order is the cause.
Public Function StocktraySave(ByVal id As String, ByVal sku As String, ByVal pieces As Long, ByVal reason As String, _
                              Optional ByVal webOrder As String, Optional ByVal fromCart As String) As Long
    Dim idBytes() As Byte, skuBytes() As Byte, reasonBytes() As Byte
    Dim place As Long, code As Long
#If Win64 Then
    Dim change As LongPtr
#Else
    Dim change As Long
#End If
    idBytes = Utf8(id)
    skuBytes = Utf8(sku)
    reasonBytes = Utf8(reason)
    change = stocktray_change_new(VarPtr(idBytes(0)), VarPtr(skuBytes(0)), Wide(pieces), VarPtr(reasonBytes(0)))
    SetText change, "order", webOrder
    SetText change, "origin_cart", fromCart
    SetText change, "by", CurrentUser()
    code = stocktray_submit_one(om, change, 0, place)
    stocktray_change_free change
    Must code
    StocktraySave = place
End Function

' For the status line: changes on their way, and since when the agent has been silent (0: it is not).
Public Function StocktrayWaiting() As Double
    StocktrayWaiting = Narrow(stocktray_waiting(om))
End Function

Public Function StocktraySilentSince() As Double
    StocktraySilentSince = Narrow(stocktray_silent_since(om))
End Function

' Why nothing is delivered just now, to show beside it; empty: all is well.
Public Function StocktrayTrouble() As String
    If stocktray_trouble(om) <> STOCKTRAY_OK Then StocktrayTrouble = FromUtf8(stocktray_last_error())
End Function

#If Win64 Then
Private Sub SetText(ByVal change As LongPtr, ByVal field As String, ByVal value As String)
#Else
Private Sub SetText(ByVal change As Long, ByVal field As String, ByVal value As String)
#End If
    Dim fieldBytes() As Byte, valueBytes() As Byte
    If Len(value) = 0 Then Exit Sub
    fieldBytes = Utf8(field)
    valueBytes = Utf8(value)
    Must stocktray_change_set_text(change, VarPtr(fieldBytes(0)), VarPtr(valueBytes(0)))
End Sub

Private Sub Must(ByVal code As Long)
    If code <> STOCKTRAY_OK Then Err.Raise vbObjectError + 512 + code, "Stocktray", FromUtf8(stocktray_last_error())
End Sub

' With the zero byte that ends it.
Private Function Utf8(ByVal text As String) As Byte()
    Dim bytes() As Byte, size As Long
    size = WideCharToMultiByte(CP_UTF8, 0, StrPtr(text), Len(text), 0, 0, 0, 0)
    ReDim bytes(0 To size)
    If size > 0 Then WideCharToMultiByte CP_UTF8, 0, StrPtr(text), Len(text), VarPtr(bytes(0)), size, 0, 0
    Utf8 = bytes
End Function

#If Win64 Then
Private Function FromUtf8(ByVal text As LongPtr) As String
#Else
Private Function FromUtf8(ByVal text As Long) As String
#End If
    Dim size As Long
    If text = 0 Then Exit Function
    size = MultiByteToWideChar(CP_UTF8, 0, text, lstrlenA(text), 0, 0)
    FromUtf8 = String$(size, 0)
    If size > 0 Then MultiByteToWideChar CP_UTF8, 0, text, lstrlenA(text), StrPtr(FromUtf8), size
End Function

#If Win64 Then
Private Function Wide(ByVal number As Long) As LongLong
    Wide = CLngLng(number)
End Function

Private Function Narrow(ByVal number As LongLong) As Double
    Narrow = CDbl(number)
End Function
#Else
Private Function Wide(ByVal number As Long) As Currency
    Wide = CCur(number) / 10000
End Function

Private Function Narrow(ByVal number As Currency) As Double
    Narrow = CDbl(number) * 10000
End Function
#End If
