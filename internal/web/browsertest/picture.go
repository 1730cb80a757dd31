// SPDX-License-Identifier: EUPL-1.2

package browsertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
	"image/png"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// look is one way in which a page is seen.
type look struct {
	name  string
	width int64
	theme string
	media string
}

// paper is the width of A4 at 96 pixels an inch.
const paper = 794

var looks = []look{
	{"320", 320, "light", "screen"},
	{"768", 768, "light", "screen"},
	{"1280", 1280, "light", "screen"},
	{"dark", 1280, "dark", "screen"},
	{"print", paper, "light", "print"},
}

// How much a page may differ from its kept picture: a row of pixels more or
// less, and single pixels at the edges of letters.
const (
	heightSlack   = 2
	pixelsSlack   = 0.004
	channelSlack  = 48
	versionRecord = "chromium.txt"
)

// CheckPictures holds pages against the pictures kept of them, on a phone, a
// tablet, a screen, in the dark theme and on paper. With update the pictures
// are written anew, to be looked at before they are kept. Browsers of another
// version draw letters differently: then only the measures of the pages are
// compared, with a clear line.
func CheckPictures(t *testing.T, dir string, update bool, states ...ui.State) {
	t.Helper()
	if err := ui.CheckAssets(); err != nil {
		t.Skip(err)
	}
	gallery, err := ui.GalleryHandler(states...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(web.Headers(gallery))
	t.Cleanup(server.Close)
	ctx := Start(t)
	exact := sameBrowser(ctx, t, dir, update)
	kept := map[string]bool{versionRecord: true}
	for i, state := range states {
		for _, l := range looks {
			name := pictureName(state, l)
			kept[name] = true
			shown, err := shoot(ctx, fmt.Sprintf("%s/zustand/%d", server.URL, i+1), l)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if update {
				keep(t, filepath.Join(dir, name), shown)
				continue
			}
			compare(t, filepath.Join(dir, name), shown, exact)
		}
	}
	dropOthers(t, dir, kept, update)
}

func pictureName(state ui.State, l look) string {
	name := fmt.Sprintf("%s-%s-%s.png", state.Page, state.Name, l.name)
	return strings.NewReplacer(" ", "-", ",", "", "/", "-", "ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace(strings.ToLower(name))
}

// sameBrowser says whether the kept pictures were drawn by this version.
func sameBrowser(ctx context.Context, t *testing.T, dir string, update bool) bool {
	t.Helper()
	product := ""
	if err := chromedp.Run(ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		_, product, _, _, _, err = browser.GetVersion().Do(ctx)
		return err
	})); err != nil {
		t.Fatal(err)
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(product[strings.Index(product, "/")+1:], " "), ".")
	record := filepath.Join(dir, versionRecord)
	if update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(record, []byte(version+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return true
	}
	drawn, err := os.ReadFile(record)
	if err != nil {
		t.Fatalf("no pictures are kept in %s: look at new ones and keep them with -update", dir)
	}
	if strings.TrimSpace(string(drawn)) != version {
		t.Logf("the pictures were drawn by Chromium %s, here is %s: only the measures of the pages are compared", strings.TrimSpace(string(drawn)), version)
		return false
	}
	return true
}

func shoot(ctx context.Context, url string, l look) (*image.Paletted, error) {
	var picture []byte
	err := chromedp.Run(ctx,
		chromedp.EmulateViewport(l.width, 900),
		emulation.SetEmulatedMedia().WithMedia(l.media).WithFeatures([]*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: l.theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}),
		chromedp.Navigate(url),
		chromedp.Evaluate(`document.fonts.ready.then(() => { document.activeElement && document.activeElement.blur(); return true; })`, nil, chromedp.EvalAsValue, awaitPromise),
		chromedp.FullScreenshot(&picture, 100),
	)
	if err != nil {
		return nil, err
	}
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	return reduced(full), nil
}

// reduced draws a picture in 256 colours: enough to see everything, and small
// to keep. A page has few colours, so each is looked up once.
func reduced(full image.Image) *image.Paletted {
	small := image.NewPaletted(full.Bounds(), palette.Plan9)
	nearest := map[color.Color]uint8{}
	for y := full.Bounds().Min.Y; y < full.Bounds().Max.Y; y++ {
		for x := full.Bounds().Min.X; x < full.Bounds().Max.X; x++ {
			c := full.At(x, y)
			index, known := nearest[c]
			if !known {
				index = uint8(small.Palette.Index(c))
				nearest[c] = index
			}
			small.SetColorIndex(x, y, index)
		}
	}
	return small
}

func keep(t *testing.T, path string, shown *image.Paletted) {
	t.Helper()
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, shown); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compare(t *testing.T, path string, shown *image.Paletted, exact bool) {
	t.Helper()
	name := filepath.Base(path)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: no picture is kept: look at it and keep it with -update", name)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	before, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	was, is := before.Bounds(), shown.Bounds()
	slack := heightSlack
	if !exact {
		slack = was.Dy() / 20
	}
	if was.Dx() != is.Dx() || abs(was.Dy()-is.Dy()) > slack {
		t.Errorf("%s: the page measures %dx%d, in the kept picture %dx%d", name, is.Dx(), is.Dy(), was.Dx(), was.Dy())
		keepDifference(t, name, shown)
		return
	}
	if !exact {
		return
	}
	if share := differing(before, shown); share > pixelsSlack {
		t.Errorf("%s: %.1f %% of the page look different from the kept picture", name, share*100)
		keepDifference(t, name, shown)
	}
}

// differing is the share of pixels that look different.
func differing(a image.Image, b *image.Paletted) float64 {
	was, indexed := a.(*image.Paletted)
	if !indexed {
		was = reduced(a)
	}
	height, width := min(was.Bounds().Dy(), b.Bounds().Dy()), was.Bounds().Dx()
	other := 0
	for y := range height {
		for x := range width {
			if i, j := was.ColorIndexAt(x, y), b.ColorIndexAt(x, y); i != j && unlike(was.Palette[i], b.Palette[j]) {
				other++
			}
		}
	}
	return float64(other) / float64(height*width)
}

// unlike says that two colours are told apart at a glance.
func unlike(a, b color.Color) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	return max(abs(int(r1>>8)-int(r2>>8)), abs(int(g1>>8)-int(g2>>8)), abs(int(b1>>8)-int(b2>>8))) > channelSlack
}

// keepDifference writes what is shown now where the pictures of a review go.
func keepDifference(t *testing.T, name string, shown *image.Paletted) {
	t.Helper()
	if dir := os.Getenv("MELDEWERK_SCREENSHOTS"); dir != "" {
		keep(t, filepath.Join(dir, name), shown)
	}
}

// dropOthers finds pictures of pages that are not shown any more.
func dropOthers(t *testing.T, dir string, kept map[string]bool, update bool) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if kept[e.Name()] {
			continue
		}
		if !update {
			t.Errorf("%s: the picture belongs to no page", e.Name())
		} else if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			t.Error(err)
		}
	}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
