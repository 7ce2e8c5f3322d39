/** The commands below `uploads`, and `emulator`. */
export const UPLOADS_AND_EMULATOR: Readonly<Record<string, string>> = {
  "list or abort unfinished multipart uploads": "列出或终止未完成的分块上传",
  "list the unfinished uploads of a bucket or of a key prefix": "列出存储桶或对象键前缀下未完成的上传",
  "abort unfinished uploads of a key; with --all, also of a key prefix that ends with '/'":
    "终止对象键的未完成的上传；带 --all 时也可用于以 '/' 结尾的前缀",
  "abort only this upload": "只终止这一个上传",
  "abort all unfinished uploads of the target": "终止目标下所有未完成的上传",
  "with --all: abort only uploads that are older, for example 7d":
    "与 --all 一起使用：只终止早于该时长的上传，如 7d",
  "abort unfinished uploads that are old, and remove checkpoints whose upload is gone; asks first":
    "终止早先未完成的上传，并删除对应上传已不存在的断点文件；执行前会询问",
  "only what is older, for example 30d (default: 7d)": "只处理更早的内容，如 30d（默认：7d）",
  "do not ask; needed where there is no terminal": "不询问；没有终端时必须给出",
  "list what would be aborted and removed, and do nothing": "只列出将要终止和删除的内容，不执行任何操作",
  "directory of the checkpoints": "断点文件所在的目录",

  "run a local COS server for tests and development until SIGINT or SIGTERM":
    "运行用于测试和开发的本地 COS 服务器，直到 SIGINT 或 SIGTERM",
  "port to listen on; 0 selects a free port": "监听端口；0 表示自动选择",
  "address to listen on": "监听地址",
  "directory that stores the objects (default: ./cosup-data)": "对象的保存目录（默认：./cosup-data）",
  "keep the objects in memory until it stops, in place of --data":
    "对象保存在内存中，停止后消失；代替 --data",
  "bucket to serve, BucketName-APPID; repeatable (default: demo-1250000000)":
    "提供服务的存储桶，BucketName-APPID；可重复（默认：demo-1250000000）",
  "SecretId that requests are signed with (default: from the environment, or one that everybody knows)":
    "用于签名请求的 SecretId（默认取自环境变量，或公开的默认值）",
  "SecretKey of this SecretId (default: from the environment)":
    "该 SecretId 的 SecretKey（默认取自环境变量）",
  "session token of a temporary key (default: from the environment)": "临时密钥的 token（默认取自环境变量）",
  "JSON policy that limits what the key may do, in the form of STS":
    "限制密钥权限的 JSON 策略，格式与 STS 相同",
  "region name in the Location of responses": "响应的 Location 中的地域",
  "minimum part size, for example 64K (default: 1M)": "最小分块大小，如 64K（默认：1M）",
  "serve HTTPS with a certificate of this run, and print the file that clients must trust":
    "使用本次运行生成的证书提供 HTTPS，并输出客户端需要信任的证书文件",
  "let every web page use buckets without a cross-origin configuration of their own":
    "存储桶没有自己的跨域配置时，允许任意网页访问",
  "JSON script of faults to inject, see docs/faults.md": "要注入的故障的 JSON 脚本，见 docs/faults.md",
  "slow line: bytes per second in each direction, for all connections together, for example 512K":
    "慢速线路：每个方向每秒的字节数，由所有连接共享，如 512K",
  "slow line: how long each direction takes, for example 80ms": "慢速线路：每个方向的延迟，如 80ms",
  "slow line: up to so much longer, by --link-seed": "慢速线路：延迟的抖动上限，由 --link-seed 决定",
  "slow line: number that chooses the jitter (default: 1)": "慢速线路：决定抖动的种子（默认：1）",
  "inject the faults that this number stands for, and list them at the end":
    "注入该种子所代表的故障，并在结束时列出",
  "with --replay: only these of its faults, for example 12,34":
    "与 --replay 一起使用：只注入其中这些故障，如 12,34",
  "write requests, responses and faults to this file at the end, without contents":
    "结束时将请求、响应和故障写入该文件，不含对象内容",
  "let the same requests go wrong again as in this file of --record":
    "按 --record 的文件，让相同的请求再次出错",
  "print one line per request to stdout": "在标准输出上为每个请求输出一行",
};
