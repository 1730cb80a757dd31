// SPDX-License-Identifier: EUPL-1.2

package leak_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"meldewerk/testkit/leak"
)

func TestSearchFindsEveryEncoding(t *testing.T) {
	t.Parallel()
	const value = "Müßig-Łoś Zzprobe"
	var s leak.Search
	if !s.Add("surname", value) {
		t.Fatal("the value was left out")
	}
	reversed := []rune(value)
	slices.Reverse(reversed)
	var little, big []byte
	for _, u := range utf16.Encode([]rune(value)) {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
	}
	for name, hidden := range map[string]string{
		"plain": "x " + value + " y", "capitals": "MüßIG-ŁOś ZZPROBE", "hex": strings.ToUpper(hex.EncodeToString([]byte(value))),
		"little": string(little), "big": string(big), "reversed": string(reversed), "query": url.PathEscape(value),
		"base64": base64.StdEncoding.EncodeToString([]byte(value)), "base64 1": base64.StdEncoding.EncodeToString([]byte("?" + value + "..")),
		"base64 2": base64.URLEncoding.EncodeToString([]byte("??" + value + ".")),
	} {
		if hits := s.Find([]byte("\x00\x01 before " + hidden + " behind")); len(hits) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
	text, err := json.Marshal(value)
	if err != nil || len(s.Find(text)) == 0 {
		t.Errorf("JSON: not found, %v", err)
	}
	if hits := s.Find([]byte("Müßig-Łoś Zzprob und Zzprobe Müßig")); len(hits) > 0 {
		t.Errorf("found what is not there: %v", hits)
	}
	if strings.Contains(s.Find([]byte(value))[0].String(), "Zzprobe") {
		t.Error("a hit tells the value")
	}
}

func TestSearchLeavesOutWhatIsTooShort(t *testing.T) {
	t.Parallel()
	var s leak.Search
	if s.Add("house number", "7") {
		t.Error("a single digit was taken")
	}
	if hits := s.Find([]byte("7 7 7 7 7 7 7 7")); len(hits) > 0 {
		t.Errorf("found %v", hits)
	}
}
