// Interop checks an exported log with the reference implementation of notes and tiled logs,
// golang.org/x/mod/sumdb/note and tlog, with torchwood for cosignatures, and with nothing of the product:
//
//	interop DIR [PROOF...]
//
// DIR holds checkpoint, vkey and tile/ (C2SP tlog-tiles), and perhaps a policy that names witnesses; each PROOF is a
// C2SP tlog-proof of an entry of that log.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: interop DIR [PROOF...]")
	}
	dir := os.Args[1]
	checkpoint := read(filepath.Join(dir, "checkpoint"))
	tree := open(dir, checkpoint)
	if policy := filepath.Join(dir, "policy"); exists(policy) {
		checkWitnesses(read(policy), checkpoint)
	}
	entries := bundles(dir, tree.N)
	reader := tlog.TileHashReader(tree, tiles{dir})
	checkRecords(tree, reader, entries)
	checkTrees(tree, reader, entries)
	for _, path := range os.Args[2:] {
		checkProof(dir, read(path), entries)
	}
	fmt.Printf("verified %d entries and %d proofs\n", tree.N, len(os.Args)-2)
}

// open verifies a checkpoint with the log's key and gives the tree that it states.
func open(dir string, checkpoint []byte) tlog.Tree {
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(filepath.Join(dir, "vkey")))))
	must(err, "vkey")
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	must(err, "checkpoint")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		log.Fatalf("checkpoint: not origin, size and root of %s: %q", verifier.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "size")
	root, err := tlog.ParseHash(lines[2])
	must(err, "root")
	return tlog.Tree{N: size, Hash: root}
}

// checkWitnesses holds the cosignatures of a checkpoint against a policy, with torchwood.
func checkWitnesses(text, checkpoint []byte) {
	policy, err := torchwood.ParsePolicy(text)
	must(err, "policy")
	_, _, err = torchwood.VerifyCheckpoint(checkpoint, policy)
	must(err, "cosignatures")
}

// bundles reads all entries of the log.
func bundles(dir string, size int64) [][]byte {
	var entries [][]byte
	for n := int64(0); n*256 < size; n++ {
		data := read(filepath.Join(dir, "tile", "entries", name(n, min(256, size-n*256))))
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			entries = append(entries, data[2:2+length])
			data = data[2+length:]
		}
	}
	if int64(len(entries)) != size {
		log.Fatalf("%d entries in the bundles, %d in the checkpoint", len(entries), size)
	}
	return entries
}

// checkRecords proves every entry's place under the checkpoint, by hashes that tlog authenticates tile by tile.
func checkRecords(tree tlog.Tree, reader tlog.HashReader, entries [][]byte) {
	for n, entry := range entries {
		proof, err := tlog.ProveRecord(tree.N, int64(n), reader)
		must(err, "prove record")
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, int64(n), tlog.RecordHash(entry)), "check record")
	}
}

// checkTrees proves that the log continues each of its beginnings, whose roots tlog computes from the entries.
func checkTrees(tree tlog.Tree, reader tlog.HashReader, entries [][]byte) {
	var stored []tlog.Hash
	own := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for n, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(n), entry, own)
		must(err, "hash")
		stored = append(stored, hashes...)
		root, err := tlog.TreeHash(int64(n)+1, own)
		must(err, "root")
		proof, err := tlog.ProveTree(tree.N, int64(n)+1, reader)
		must(err, "prove tree")
		must(tlog.CheckTree(proof, tree.N, tree.Hash, int64(n)+1, root), "check tree")
	}
}

// checkProof checks a tlog-proof that the product wrote.
func checkProof(dir string, text []byte, entries [][]byte) {
	head, checkpoint, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		log.Fatalf("not a tlog-proof: %q", head)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	must(err, "index")
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		data, err := base64.StdEncoding.DecodeString(line)
		must(err, "hash")
		proof = append(proof, tlog.Hash(data))
	}
	tree := open(dir, checkpoint)
	must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entries[index])), "check proof")
}

// tiles reads tiles from the directory for tlog.
type tiles struct{ dir string }

func (tiles) Height() int { return height }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		data = append(data, read(filepath.Join(t.dir, "tile", strconv.Itoa(tile.L), name(tile.N, int64(tile.W)))))
	}
	return data, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// name is the path of tile n below its level, as C2SP tlog-tiles writes it.
func name(n, width int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if width < 256 {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

func read(path string) []byte {
	data, err := os.ReadFile(path)
	must(err, "read")
	return data
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func must(err error, what string) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}
