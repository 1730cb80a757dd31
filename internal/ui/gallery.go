// SPDX-License-Identifier: EUPL-1.2

package ui

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
)

// State is one page in one situation, for the gallery: empty, full, with
// errors. The houses export them as Gallery() []ui.State.
type State struct {
	Page  string // name of the page template
	Name  string // the situation, e.g. "leer", "voll", "Fehler"
	Frame Frame
	Data  any
	set   *Set
}

// State makes a gallery state of one of the set's pages.
func (s *Set) State(page, name string, frame Frame, data any) State {
	return State{Page: page, Name: name, Frame: frame, Data: data, set: s}
}

// Render writes the state as a whole page.
func (s State) Render() ([]byte, error) {
	var out bytes.Buffer
	if s.set == nil {
		return nil, ErrNoPage
	}
	if err := s.set.Render(&out, s.Page, s.Frame, s.Data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// galleryList is the data of the page that lists the states.
type galleryList struct {
	Groups []galleryGroup
}

type galleryGroup struct {
	Title string
	Links []Link
}

// GalleryHandler lists all states on "/" and shows the nth under "/zustand/n",
// with the assets beside them. It takes no input and changes nothing.
func GalleryHandler(states ...State) (http.Handler, error) {
	set, err := Templates(nil)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+AssetPrefix, Assets())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		var out bytes.Buffer
		frame := Frame{Title: "Alle Seiten und Zustände", Lead: Count(int64(len(states)), "Zustand", "Zustände")}
		if err := set.Render(&out, "gallery", frame, listStates(states)); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		sendPage(w, out.Bytes())
	})
	mux.HandleFunc("GET /zustand/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("n"))
		if err != nil || n < 1 || n > len(states) {
			http.NotFound(w, r)
			return
		}
		page, err := states[n-1].Render()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		sendPage(w, page)
	})
	return mux, nil
}

func sendPage(w http.ResponseWriter, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page) // the browser has gone away; nothing to mend
}

func listStates(states []State) galleryList {
	var list galleryList
	index := map[string]int{}
	for n, s := range states {
		title := strings.TrimSpace(s.Frame.House.Word() + ": " + s.Page)
		i, known := index[title]
		if !known {
			i = len(list.Groups)
			index[title] = i
			list.Groups = append(list.Groups, galleryGroup{Title: title})
		}
		list.Groups[i].Links = append(list.Groups[i].Links, Link{Label: s.Name, Href: "/zustand/" + strconv.Itoa(n+1)})
	}
	return list
}
