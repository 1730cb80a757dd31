// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"meldewerk/exchange/wire"
)

// socket is one TCP or UDP socket of this machine as the kernel lists it.
type socket struct {
	protocol  string
	local     int // port
	listening bool
}

// sockets lists all sockets by inode.
func sockets() map[string]socket {
	all := map[string]socket{}
	for _, protocol := range []string{"tcp", "tcp6", "udp", "udp6"} {
		file, err := os.Open("/proc/net/" + protocol)
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(file)
		lines.Scan() // head
		for lines.Scan() {
			fields := strings.Fields(lines.Text())
			if len(fields) < 10 {
				continue
			}
			_, hexPort, _ := strings.Cut(fields[1], ":")
			port, _ := strconv.ParseInt(hexPort, 16, 32) // 0 is no port of ours
			all[fields[9]] = socket{protocol, int(port), fields[3] == "0A"}
		}
		_ = file.Close() // only read
	}
	return all
}

// inodes are the sockets that a process has open.
func inodes(pid int) []string {
	var out []string
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		return nil
	}
	for _, file := range files {
		target, err := os.Readlink(file)
		if err != nil {
			continue // closed meanwhile
		}
		if inode, found := strings.CutPrefix(target, "socket:["); found {
			out = append(out, strings.TrimSuffix(inode, "]"))
		}
	}
	return out
}

// watch samples the sockets of the running houses. The returned function ends
// it and gives what was against the rules: portal and registry only answer, on
// the ports of their configuration; the trust centre is answered on one and
// calls two. Spec: SECURITY C4, H27
func (f *fleet) watch() func() []string {
	ports := map[wire.House][]int{
		wire.Portal:   {port(f.layout.Portal), port(f.layout.PortalExchange)},
		wire.Registry: {port(f.layout.Registry), port(f.layout.RegistryExchange)},
	}
	var findings []string
	called, samples := 0, 0
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		for {
			listed := sockets()
			for _, h := range all {
				for _, inode := range inodes(f.pid(h)) {
					s, known := listed[inode]
					switch {
					case !known: // opened after the list, or no network socket
					case h == wire.TrustCentre:
						if !s.listening && s.local != port(f.layout.TrustCentre) {
							called++
						}
					case !strings.HasPrefix(s.protocol, "tcp") || !slices.Contains(ports[h], s.local):
						findings = append(findings, fmt.Sprintf("C4: %s has a %s socket at port %d of its own", h, s.protocol, s.local))
					}
				}
			}
			samples++
			select {
			case <-stop:
				return
			case <-time.After(3 * time.Millisecond):
			}
		}
	})
	return func() []string {
		close(stop)
		done.Wait()
		if called == 0 {
			findings = append(findings, fmt.Sprintf("the watch is blind: in %d samples the trust centre never called anybody", samples))
		}
		return slices.Compact(findings)
	}
}

func port(address string) int {
	_, text, _ := net.SplitHostPort(address)
	n, _ := strconv.Atoi(text) // the layout's addresses have numbers
	return n
}
