/** Headings, the program itself, and the flags of every command that reaches COS. */
export const PROGRAM: Readonly<Record<string, string>> = {
  "Usage:": "用法：",
  "Arguments:": "位置参数：",
  "Options:": "参数：",
  "Commands:": "命令：",
  "Examples:": "示例：",
  "Environment and exit codes: ": "环境变量与退出码：",
  "More flags: ": "更多参数：",
  "output the version number": "输出版本号",
  "display help for command": "显示帮助",
  "all flags of a command, with their defaults": "显示命令的全部参数及其默认值",
  "`cp`, or `uploads ls`": "`cp` 或 `uploads ls`",

  "Upload to Tencent Cloud COS, download and manage objects. Transfers can be resumed, and CRC64 verifies them.":
    "上传到腾讯云 COS，下载并管理对象。传输支持断点续传，并以 CRC64 校验。",
  "Keys: run cosup config init, or set COS_SECRET_ID, COS_SECRET_KEY and COS_REGION.":
    "密钥：运行 cosup config init，或设置 COS_SECRET_ID、COS_SECRET_KEY 和 COS_REGION。",
  [`Credentials are read from environment variables: COS_SECRET_ID and COS_SECRET_KEY (and COS_TOKEN for temporary
credentials), or TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY (and TENCENTCLOUD_SESSION_TOKEN); else from a profile
(cosup config init), else from the files of coscli and coscmd. Every flag that deletes nothing can be set by a variable, too:
--part-size by COSUP_PART_SIZE; and by a profile: part_size. A flag is stronger than the environment, which is stronger than
a profile; but a profile that --profile names is stronger than the environment.

To resume an interrupted upload, run the same command again.

Exit codes:
    0 success
    1 some objects failed or differ, or the object, bucket or upload does not exist
    2 invalid arguments
    3 credentials are missing or were denied
    4 a source is missing or cannot be read
    5 temporary failure: all retries failed, and the same command may succeed later
    6 the verification failed, or the source changed during the upload
    7 locked: another process uploads to the same key, or uses the data directory of the emulator
    8 unknown outcome: COS may or may not hold the object
  130 interrupted by SIGINT
  143 terminated by SIGTERM`]: `密钥取自环境变量：COS_SECRET_ID 和 COS_SECRET_KEY（临时密钥另加 COS_TOKEN），或 \
TENCENTCLOUD_SECRET_ID 和 TENCENTCLOUD_SECRET_KEY（另加 TENCENTCLOUD_SESSION_TOKEN）；否则取自 profile\
（cosup config init），再否则取自 coscli 和 coscmd 的文件。不删除任何内容的参数也可以由变量设置：--part-size 对应 \
COSUP_PART_SIZE；也可以由 profile 设置：part_size。参数优先于环境变量，环境变量优先于 profile；但 --profile 指定的 \
profile 优先于环境变量。

上传中断后，重新执行同一条命令即可续传。

退出码：
    0 成功
    1 部分对象失败或不同，或对象、存储桶、上传不存在
    2 参数错误
    3 缺少密钥，或密钥被拒绝
    4 源不存在或无法读取
    5 临时故障：重试均已失败，稍后执行同一条命令可能成功
    6 校验失败，或源在上传过程中被修改
    7 被锁定：另一个进程正在上传到同一对象键，或正在使用模拟器的数据
    8 结果未知：COS 可能已保存该对象，也可能没有
  130 被 SIGINT 中断
  143 被 SIGTERM 终止`,

  "profile of the configuration (env: COSUP_PROFILE)": "配置文件中的 profile（环境变量：COSUP_PROFILE）",
  "region, for example ap-guangzhou (env: COS_REGION)": "地域，如 ap-guangzhou（环境变量：COS_REGION）",
  "URL template, for example 'http://127.0.0.1:9000/{Bucket}' (env: COS_ENDPOINT)":
    "URL 模板，如 'http://127.0.0.1:9000/{Bucket}'（环境变量：COS_ENDPOINT）",
  "proxy URL for all requests, or 'none' (default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY)":
    "所有请求使用的代理 URL，或 'none'（默认取 HTTPS_PROXY、HTTP_PROXY、ALL_PROXY、NO_PROXY）",
  "attempts per request, including the first (default: 8)": "每个请求的尝试次数，包括第一次（默认：8）",
  "print each request to stderr; -vv: its headers too, without secrets":
    "在标准错误上输出每个请求；-vv 还输出请求头和响应头，不含密钥",
  "append each request to a file, as JSON lines": "把每个请求以 JSON 行追加到文件",
  "time without progress after which an attempt fails, for example 30s (default: 1m)":
    "一次尝试在多长时间内没有进展即失败，如 30s（默认：1m）",

  "print JSON lines": "输出 JSON 行",
  "print one JSON object": "输出一个 JSON 对象",
  "print JSON lines, the summary last": "输出 JSON 行，最后一行为汇总",
  "print JSON lines to stdout, the summary last": "在标准输出上输出 JSON 行，最后一行为汇总",
  "print only errors": "只输出错误",
  "show no progress": "不显示进度",
};
