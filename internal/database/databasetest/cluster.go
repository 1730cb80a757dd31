// SPDX-License-Identifier: EUPL-1.2

package databasetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// environment names the PostgreSQL server for tests; its user may create databases.
const environment = "MELDEWERK_TEST_POSTGRES"

var errNoServer = errors.New("PostgreSQL half skipped: neither " + environment + " is set nor is PostgreSQL installed under /usr/lib/postgresql")

// server gives the address of the server, starting a cluster when needed.
func server(t testing.TB) *url.URL {
	t.Helper()
	if address := os.Getenv(environment); address != "" {
		admin, err := url.Parse(address)
		if err != nil {
			t.Fatalf("%s holds no postgres:// address", environment)
		}
		return admin
	}
	admin, err := cluster()
	if errors.Is(err, errNoServer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	return admin
}

// lifeline is held open as long as the test process lives. Its end, however
// it comes, tells the watchdog to stop the server and remove its files.
//
//lint:ignore U1000 being kept from the collector is its whole use
var lifeline io.WriteCloser

// watchdog runs PostgreSQL until its standard input ends. Tests do not wait for
// the disk; a benchmark sets MELDEWERK_TEST_DURABLE=on and does.
const watchdog = `
durable=${MELDEWERK_TEST_DURABLE:-off}
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=$durable -c full_page_writes=$durable \
	-c synchronous_commit=$durable -c shared_buffers=32MB -c max_connections=200 -c timezone=UTC &
server=$!
read -r line
kill -INT $server
wait $server
rm -rf "$2"
`

// cluster makes and starts the throw-away cluster once per test process.
var cluster = sync.OnceValues(func() (*url.URL, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return nil, errNoServer
	}
	slices.Sort(found)
	bin := filepath.Dir(found[len(found)-1])
	// A short path: a Unix socket's name holds about 100 characters.
	dir, err := os.MkdirTemp("", "mwpg")
	if err != nil {
		return nil, err
	}
	as, err := owner(dir)
	if err != nil {
		return nil, err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"),
		"-U", "meldewerk", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	initdb.Dir = dir
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := start(bin, dir, as); err != nil {
		return nil, err
	}
	admin := &url.URL{Scheme: "postgres", User: url.User("meldewerk"), Path: "/postgres",
		RawQuery: url.Values{"host": {dir}, "sslmode": {"disable"}}.Encode()}
	return admin, await(admin)
})

// owner gives the directory to a user whom PostgreSQL accepts: it refuses to
// run as root. Nil means that the present user will do.
func owner(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func start(bin, dir string, as *syscall.Credential) error {
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the child has its own handle
	run := exec.Command("/bin/sh", "-c", watchdog, "watchdog", bin, dir)
	run.Dir = dir
	run.Stdout, run.Stderr = log, log
	// A session of its own: an interrupt at the terminal must not end the
	// watchdog before it has cleaned up.
	run.SysProcAttr = &syscall.SysProcAttr{Credential: as, Setsid: true}
	lifeline, err = run.StdinPipe()
	if err != nil {
		return err
	}
	return run.Start()
}

func await(admin *url.URL) error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := command(context.Background(), admin, `SELECT 1`)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond) // polls another process; there is nothing to wait on
	}
}

// command runs one statement on a connection of its own.
func command(ctx context.Context, server *url.URL, statement string) error {
	conn, err := pgx.Connect(ctx, server.String())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // the statement is through
	_, err = conn.Exec(ctx, statement)
	return err
}

func randomName() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand never returns an error
	return hex.EncodeToString(b[:])
}
