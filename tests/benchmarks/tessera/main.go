// Tessera appends entries to a POSIX log of Tessera's, and prints how many it took a second, until all are published:
//
//	tessera DIR SKEY ENTRIES BYTES BATCH [POLICY]
//
// DIR is a new directory, SKEY the log's private key as text, POLICY a file that names witnesses, who must then cosign.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 6 {
		log.Fatal("usage: tessera DIR SKEY ENTRIES BYTES BATCH [POLICY]")
	}
	ctx := context.Background()
	signer, err := note.NewSigner(os.Args[2])
	must(err)
	count, size, batch := number(os.Args[3]), number(os.Args[4]), number(os.Args[5])
	driver, err := posix.New(ctx, posix.Config{Path: os.Args[1]})
	must(err)
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithBatching(uint(batch), 50*time.Millisecond).
		WithCheckpointInterval(time.Second).
		WithPushback(uint(2 * count))
	if len(os.Args) > 6 {
		options = options.WithWitnesses(witnesses(os.Args[6]), &tessera.WitnessOptions{Timeout: 5 * time.Second})
	}
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	must(err)
	awaiter := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 20*time.Millisecond)

	started := time.Now()
	futures := make([]tessera.IndexFuture, count)
	for n := range count {
		entry := append([]byte(strconv.Itoa(n)+" "), bytes.Repeat([]byte("x"), size)...)[:size]
		futures[n] = appender.Add(ctx, tessera.NewEntry(entry))
	}
	for _, future := range futures {
		_, err := future()
		must(err)
	}
	sequenced := time.Since(started)
	_, _, err = awaiter.Await(ctx, futures[count-1])
	must(err)
	published := time.Since(started)
	must(shutdown(ctx))
	fmt.Printf("%.0f %.0f\n", float64(count)/sequenced.Seconds(), float64(count)/published.Seconds())
}

func witnesses(path string) tessera.WitnessGroup {
	text, err := os.ReadFile(path)
	must(err)
	group, err := tessera.NewWitnessGroupFromPolicy(text)
	must(err)
	return group
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	must(err)
	return value
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
