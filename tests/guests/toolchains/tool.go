// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A command that uses the usual parts of WASI and prints what it observes. Its counterparts in other languages print
// the same.
package main

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func appendTo(path, text string) {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0666)
	must(err)
	_, err = file.WriteString(text)
	must(err)
	must(file.Close())
}

func namesIn(path string) []string {
	entries, err := os.ReadDir(path)
	must(err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	sort.Strings(names)
	return names
}

func choose(good bool, yes, no string) string {
	if good {
		return yes
	}
	return no
}

func main() {
	fmt.Println("arguments: " + strings.Join(os.Args[1:], " "))
	fmt.Println("GREETING: " + os.Getenv("GREETING"))

	must(os.MkdirAll("/data/made", 0777))
	appendTo("/data/made/first", "some ")
	appendTo("/data/made/first", "text")
	must(os.Rename("/data/made/first", "/data/made/second"))
	content, err := os.ReadFile("/data/made/second")
	must(err)
	fmt.Println("read back: " + string(content))
	status, err := os.Stat("/data/made/second")
	must(err)
	fmt.Println("size:", status.Size())
	fmt.Println("names: " + strings.Join(namesIn("/data"), " "))
	fmt.Println("removed: " + choose(os.RemoveAll("/data/made") == nil, "yes", "no"))
	_, err = os.ReadFile("/data/../../../../etc/passwd")
	fmt.Println("outside: " + choose(err != nil, "refused", "READ"))

	before := time.Now()
	time.Sleep(20 * time.Millisecond)
	fmt.Println("clock: " + choose(time.Since(before) >= 20*time.Millisecond, "good", "bad"))
	random := make([]byte, 32)
	_, err = rand.Read(random)
	fmt.Println("random: " + choose(err == nil && strings.Trim(string(random), "\x00") != "", "good", "bad"))

	lines := 0
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
		lines++
	}
	fmt.Println("lines of input:", lines)
	fmt.Fprintln(os.Stderr, "to the other stream")
	os.Exit(1)
}
