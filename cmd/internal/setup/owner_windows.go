package setup

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// ownerAlone takes the file from everybody but this user, the system and the administrators. Windows knows no mode; a new
// file gets the rights of its folder, and those of C:\ProgramData and of C:\ let everybody on this machine read it.
func ownerAlone(f *os.File) error {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return err
	}
	// P: nothing is taken on from the folder. FA: all, for SY, the system, and BA, the administrators.
	rights, err := windows.SecurityDescriptorFromString("D:P(A;;FA;;;" + user.User.Sid.String() + ")(A;;FA;;;SY)(A;;FA;;;BA)")
	if err != nil {
		return err
	}
	name, err := windows.UTF16PtrFromString(f.Name())
	if err != nil {
		return err
	}
	handle, err := windows.CreateFile(name, windows.WRITE_DAC, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE,
		nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return err
	}
	return errors.Join(windows.SetKernelObjectSecurity(handle, windows.DACL_SECURITY_INFORMATION, rights), windows.CloseHandle(handle))
}
