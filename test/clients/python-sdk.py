"""Uploads, lists, downloads, copies, deletes and presigns with cos-python-sdk-v5, against the emulator as HTTP proxy."""

import os
import sys
import tempfile
import urllib.request

from qcloud_cos import CosConfig, CosS3Client
from qcloud_cos.cos_exception import CosServiceError

BUCKET = os.environ["COS_BUCKET"]
LARGE = bytes(range(256)) * 4096 * 3

client = CosS3Client(
    CosConfig(
        Region=os.environ["COS_REGION"],
        SecretId=os.environ["COS_SECRET_ID"],
        SecretKey=os.environ["COS_SECRET_KEY"],
        Scheme="http",
    )
)


def read(key):
    return client.get_object(Bucket=BUCKET, Key=key)["Body"].get_raw_stream().read()


client.put_object(Bucket=BUCKET, Key="python/small +中.txt", Body=b"small", Metadata={"x-cos-meta-a": "1"})
assert read("python/small +中.txt") == b"small"
assert client.head_object(Bucket=BUCKET, Key="python/small +中.txt")["x-cos-meta-a"] == "1"

with tempfile.NamedTemporaryFile() as file:
    file.write(LARGE)
    file.flush()
    done = client.upload_file(Bucket=BUCKET, Key="python/large", LocalFilePath=file.name, PartSize=1, MAXThread=2)
assert done["ETag"].endswith('-3"'), done
assert read("python/large") == LARGE

source = {"Bucket": BUCKET, "Key": "python/large", "Region": os.environ["COS_REGION"]}
client.copy(Bucket=BUCKET, Key="python/copy", CopySource=source)
assert read("python/copy") == LARGE

listed = client.list_objects(Bucket=BUCKET, Prefix="python/")["Contents"]
assert [entry["Key"] for entry in listed] == ["python/copy", "python/large", "python/small +中.txt"], listed

url = client.get_presigned_url(Bucket=BUCKET, Key="python/large", Method="GET", Expired=60)
assert urllib.request.urlopen(url).read() == LARGE

objects = {"Object": [{"Key": "python/copy"}, {"Key": "python/large"}], "Quiet": "true"}
client.delete_objects(Bucket=BUCKET, Delete=objects)
client.delete_object(Bucket=BUCKET, Key="python/small +中.txt")
try:
    client.head_object(Bucket=BUCKET, Key="python/large")
    sys.exit("the object is still there")
except CosServiceError as error:
    assert error.get_status_code() == 404, error
