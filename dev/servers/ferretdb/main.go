// Ferretdb serves MongoDB's protocol from a folder of SQLite files, for tests and trials of Floodgate.
//
//	ferretdb -listen 127.0.0.1:27017 -dir data
package main

import (
	"context"
	"flag"
	"log"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:27017", "TCP address to serve")
	dir := flag.String("dir", ".", "folder of the SQLite files; it must exist")
	flag.Parse()

	if err := serve(*listen, *dir); err != nil {
		log.Fatal(err)
	}
}

func serve(listen, dir string) error {
	path, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	folder := url.URL{Scheme: "file", Path: path + "/"}
	db, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: listen},
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Handler:   "sqlite",
		SQLiteURL: folder.String(),
	})
	if err != nil {
		return err
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	return db.Run(ctx)
}
