; Installs Stocktray for this user, without an administrator: programs, a line in the start menu, and the way out again.
; Keys and changes on their way stay when it is removed: they are the person's.
Target amd64-unicode
Name "Stocktray"
OutFile "${TARGET}"
Icon "${ICON}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Stocktray"
InstallDirRegKey HKCU "Software\Stocktray" "Folder"
SetCompressor /SOLID lzma
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Stocktray"

Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

Section
    SetOutPath "$INSTDIR"
    File /r "${FILES}/*"
    CreateShortCut "$SMPROGRAMS\Stocktray.lnk" "$INSTDIR\bin\stocktray.exe"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    WriteRegStr HKCU "Software\Stocktray" "Folder" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Stocktray"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\bin\stocktray.exe"
    WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
SectionEnd

Section "Uninstall"
    Delete "$SMPROGRAMS\Stocktray.lnk"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "Stocktray"
    DeleteRegKey HKCU "${UNINSTALL}"
    DeleteRegKey HKCU "Software\Stocktray"
    RMDir /r "$INSTDIR\bin"
    RMDir /r "$INSTDIR\share"
    RMDir /r "$INSTDIR\doc"
    RMDir /r "$INSTDIR\include"
    RMDir /r "$INSTDIR\lib"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
SectionEnd
