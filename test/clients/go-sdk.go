// Uploads, lists, downloads, copies, deletes and presigns with cos-go-sdk-v5, against the emulator as HTTP proxy.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func must(right bool, what string) {
	if !right {
		fmt.Fprintln(os.Stderr, what)
		os.Exit(1)
	}
}

func main() {
	ctx := context.Background()
	id, key := os.Getenv("COS_SECRET_ID"), os.Getenv("COS_SECRET_KEY")
	host := fmt.Sprintf("%s.cos.%s.myqcloud.com", os.Getenv("COS_BUCKET"), os.Getenv("COS_REGION"))
	bucket, err := url.Parse("http://" + host)
	check(err)
	transport := &cos.AuthorizationTransport{SecretID: id, SecretKey: key}
	client := cos.NewClient(&cos.BaseURL{BucketURL: bucket}, &http.Client{Transport: transport})

	read := func(name string) []byte {
		response, err := client.Object.Get(ctx, name, nil)
		check(err)
		defer response.Body.Close()
		content, err := io.ReadAll(response.Body)
		check(err)
		return content
	}

	_, err = client.Object.Put(ctx, "go/small +中.txt", strings.NewReader("small"), nil)
	check(err)
	must(string(read("go/small +中.txt")) == "small", "the small object differs")

	large := bytes.Repeat([]byte("0123456789abcdef"), 3*65536)
	check(os.WriteFile("large.bin", large, 0o600))
	_, _, err = client.Object.Upload(ctx, "go/large", "large.bin", &cos.MultiUploadOptions{PartSize: 1, ThreadPoolSize: 2})
	check(err)
	must(bytes.Equal(read("go/large"), large), "the large object differs")

	// The SDK compares x-cos-content-sha1 after an append.
	next, _, err := client.Object.Append(ctx, "go/log", 0, strings.NewReader("first"), nil)
	check(err)
	_, _, err = client.Object.Append(ctx, "go/log", next, strings.NewReader("second"), nil)
	check(err)
	must(string(read("go/log")) == "firstsecond", "the appended object differs")

	_, _, err = client.Object.Copy(ctx, "go/copy", host+"/go/large", nil)
	check(err)
	must(bytes.Equal(read("go/copy"), large), "the copy differs")

	listed, _, err := client.Bucket.Get(ctx, &cos.BucketGetOptions{Prefix: "go/"})
	check(err)
	must(len(listed.Contents) == 4, fmt.Sprintf("%d objects are listed", len(listed.Contents)))

	link, err := client.Object.GetPresignedURL(ctx, http.MethodGet, "go/large", id, key, time.Minute, nil)
	check(err)
	response, err := http.Get(link.String())
	check(err)
	content, err := io.ReadAll(response.Body)
	check(err)
	must(bytes.Equal(content, large), "what is behind the URL differs")

	for _, object := range listed.Contents {
		_, err = client.Object.Delete(ctx, object.Key)
		check(err)
	}
	_, err = client.Object.Head(ctx, "go/large", nil)
	must(cos.IsNotFoundError(err), "the object is still there")
}
