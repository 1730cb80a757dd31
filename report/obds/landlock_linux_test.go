// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

// The child of the test below finds what it is to do here.
const (
	roleVariable   = "MELDEWERK_TEST_ROLE"
	roleLandlocked = "landlocked"
)

// locked is what the child tells about its prison and about the packages.
type locked struct {
	Refused  string // why the kernel cannot shut the process in; "" when it did
	File     string // what opening a file gave
	Dial     string // what a connection to the listener gave
	Verdicts map[string]string
}

// task is what the child is given.
type task struct {
	Address string
	Docs    map[string][]byte
}

// TestX2NoFileAndNoConnectionUnderLandlock reads all samples, and packages
// that name files and servers in every way XML knows, in a process to which
// the kernel refuses every file and every connection. The verdicts must be the
// same as outside, and a listener must see nobody.
func TestX2NoFileAndNoConnectionUnderLandlock(t *testing.T) {
	t.Parallel()
	if os.Getenv(roleVariable) == roleLandlocked {
		beLocked()
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("no loopback listener: ", err)
	}
	var visits atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			_ = c.Close() // nothing was sent
		}
	}()
	work := task{Address: listener.Addr().String(), Docs: lures(listener.Addr().String())}
	maps.Copy(work.Docs, samples3(t))
	var in, out, trouble bytes.Buffer
	if err := gob.NewEncoder(&in).Encode(work); err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestX2NoFileAndNoConnectionUnderLandlock$")
	child.Env = append(os.Environ(), roleVariable+"="+roleLandlocked)
	child.Stdin, child.Stdout, child.Stderr = &in, &out, &trouble
	if err := child.Run(); err != nil {
		t.Fatalf("%v: %s", err, trouble.String())
	}
	_ = listener.Close() // the test is over
	<-done
	var told locked
	if err := gob.NewDecoder(&out).Decode(&told); err != nil {
		t.Fatal(err)
	}
	if told.Refused != "" {
		t.Skip("this kernel has no Landlock for files and connections: ", told.Refused)
	}
	if !strings.Contains(told.File, "permission denied") || !strings.Contains(told.Dial, "permission denied") {
		t.Fatalf("the child was not shut in: file %q, connection %q", told.File, told.Dial)
	}
	if diff := cmp.Diff(judgeAll(work.Docs), told.Verdicts); diff != "" {
		t.Error(diff)
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
	t.Logf("%d packages", len(told.Verdicts))
}

// lures name files and the listener.
func lures(address string) map[string][]byte {
	url := "http://" + address + "/x"
	body := strings.TrimPrefix(sound(), declaration)
	with := func(old, new string) []byte { return []byte(strings.Replace(sound(), old, new, 1)) }
	const instance = `<oBDS xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" `
	return map[string][]byte{
		"schemaLocation":   with("<oBDS ", instance+`xsi:schemaLocation="`+Namespace+" "+url+`" `),
		"no namespace":     with("<oBDS ", instance+`xsi:noNamespaceSchemaLocation="`+url+`" `),
		"schema in a file": with("<oBDS ", instance+`xsi:schemaLocation="`+Namespace+` file:///etc/passwd" `),
		"XInclude":         with(remark, `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="`+url+`"/>`),
		"style sheet":      []byte(declaration + `<?xml-stylesheet type="text/xsl" href="` + url + `"?>` + body),
		"external DTD":     []byte(declaration + `<!DOCTYPE oBDS SYSTEM "` + url + `">` + body),
		"parameter entity": []byte(declaration + `<!DOCTYPE oBDS [<!ENTITY % a SYSTEM "` + url + `"> %a;]>` + body),
		"entity":           []byte(declaration + `<!DOCTYPE oBDS [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + strings.Replace(body, "ohne Befund", "&a;", 1)),
		"namespace":        with("<oBDS ", `<oBDS xmlns:x="`+url+`" `),
	}
}

func judgeAll(docs map[string][]byte) map[string]string {
	out := map[string]string{}
	for name, doc := range docs {
		r := NewReader(bytes.NewReader(doc), Options{Workers: 1})
		v := verdict{}
		for {
			item, err := r.Next()
			if err != nil {
				if err != io.EOF {
					out[name] = err.Error()
				}
				break
			}
			v.items = append(v.items, item)
		}
		v.findings, v.late, v.complete = r.Findings(), r.Late(), r.Complete()
		out[name] += v.everything()
	}
	return out
}

// beLocked is the child: it shuts its thread in, and does all its work on it.
func beLocked() {
	runtime.LockOSThread() // a reader with one worker stays on its goroutine
	var work task
	if err := gob.NewDecoder(os.Stdin).Decode(&work); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	told := locked{}
	if err := shutIn(); err != nil {
		told.Refused = err.Error()
	} else {
		_, err := os.ReadFile(os.Args[0])
		told.File = fmt.Sprint(err)
		told.Dial = dial(work.Address)
		told.Verdicts = judgeAll(work.Docs)
	}
	if err := gob.NewEncoder(os.Stdout).Encode(told); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// dial connects on this very thread, which package net does not promise.
func dial(address string) string {
	tcp, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return err.Error()
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = syscall.Close(fd) }() // the process ends anyway
	return fmt.Sprint(syscall.Connect(fd, &syscall.SockaddrInet4{Port: tcp.Port, Addr: [4]byte(tcp.IP.To4())}))
}

// Landlock's calls have the same numbers on every architecture.
const (
	sysCreateRuleset  = 444
	sysRestrictSelf   = 446
	createVersion     = 1
	firstWithNetwork  = 4
	allFileRights     = 1<<15 - 1 // of the version that first had the network
	allNetworkRights  = 1<<2 - 1
	prSetNoNewPrivs   = 38
	rulesetAttributes = 16
)

// shutIn takes every file and every TCP connection from the thread.
func shutIn() error {
	version, _, errno := syscall.Syscall(sysCreateRuleset, 0, 0, createVersion)
	if errno != 0 {
		return errno
	}
	if version < firstWithNetwork {
		return errors.New("it knows no connections")
	}
	rights := [rulesetAttributes / 8]uint64{allFileRights, allNetworkRights}
	rules, _, errno := syscall.Syscall(sysCreateRuleset, uintptr(unsafe.Pointer(&rights)), rulesetAttributes, 0)
	if errno != 0 {
		return errno
	}
	if _, _, errno := syscall.Syscall6(syscall.SYS_PRCTL, prSetNoNewPrivs, 1, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	if _, _, errno := syscall.Syscall(sysRestrictSelf, rules, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
