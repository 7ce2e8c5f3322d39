# One call of cos-python-sdk-v5 to a server on this machine: wire.py ORIGIN BUCKET (put KEY TEXT [TYPE] | stream KEY TEXT | file KEY PATH)
import logging
import sys

from qcloud_cos import CosConfig, CosS3Client

logging.disable(logging.CRITICAL)
origin, bucket, call, key, value, *rest = sys.argv[1:]
scheme, domain = origin.split("://")
config = CosConfig(Region="ap-guangzhou", SecretId="id", SecretKey="key", Domain=domain, Scheme=scheme)
client = CosS3Client(config, retry=0)
if call == "put":
    client.put_object(Bucket=bucket, Key=key, Body=value.encode(), **({"ContentType": rest[0]} if rest else {}))
elif call == "stream":
    client.put_object(Bucket=bucket, Key=key, Body=(piece for piece in [value.encode()] if piece))
else:
    client.upload_file(Bucket=bucket, Key=key, LocalFilePath=value)
