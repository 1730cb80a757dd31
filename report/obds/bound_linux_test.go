// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"
)

const roleAttack = "attack "

// TestX3EveryAttackIsCheap reads each attack file in a process of its own,
// which tells its processor time and the most memory it ever had.
func TestX3EveryAttackIsCheap(t *testing.T) {
	if role, is := strings.CutPrefix(os.Getenv(roleVariable), roleAttack); is {
		beAttacked(role)
		return
	}
	const mostTime, mostMemory = time.Second, 64 << 10 // KiB
	bound := !raced()
	longest, largest := time.Duration(0), 0
	for _, a := range attacks() {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestX3EveryAttackIsCheap$")
		child.Env = append(os.Environ(), roleVariable+"="+roleAttack+a.name)
		out, err := child.Output()
		var memory, nanoseconds int
		if _, scan := fmt.Sscan(string(out), &memory, &nanoseconds); err != nil || scan != nil {
			t.Fatalf("%s: %v %v %s", a.name, err, scan, out)
		}
		spent := time.Duration(nanoseconds)
		longest, largest = max(longest, spent), max(largest, memory)
		if bound && (spent > mostTime || memory > mostMemory) {
			t.Errorf("%s: %v, %d KiB", a.name, spent, memory)
		}
	}
	t.Logf("%d attack files: at most %v and %d MiB, bounds checked: %v", len(attacks()), longest, largest>>10, bound)
}

// raced says that the race detector, which needs many times the memory and
// time, is built in.
func raced() bool {
	info, ok := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == "-race" && s.Value == "true" {
			return true
		}
	}
	return !ok
}

// beAttacked is the child.
func beAttacked(name string) {
	for _, a := range attacks() {
		if a.name != name {
			continue
		}
		r := NewReader(a.doc(), Options{})
		for {
			if _, err := r.Next(); err != nil {
				if err != io.EOF {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				break
			}
		}
	}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(peak(), used.Utime.Nano()+used.Stime.Nano())
	os.Exit(0)
}

// peak is the most memory this process ever had, in KiB. What rusage says
// includes the parent's.
func peak() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return -1
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib := -1
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return -1
	}
	return kib
}
