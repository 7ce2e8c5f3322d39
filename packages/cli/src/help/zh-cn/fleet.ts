/** The commands below `fleet`. */
export const FLEET: Readonly<Record<string, string>> = {
  "upload a manifest with many machines, which share a queue in Redis; needs @cosup/fleet":
    "由多台机器通过 Redis 队列共同上传清单；需要 @cosup/fleet",
  "URL of Redis (default: redis://127.0.0.1:6379)": "Redis 的 URL（默认：redis://127.0.0.1:6379）",
  "name of the queue (default: cosup)": "队列名称（默认：cosup）",
  "name of the run (enqueue: a new one; else the last one)":
    "任务名称（enqueue 默认新建；其他命令默认最近一个）",

  "add the objects of a manifest to the queue; the same again adds only what is missing":
    "把清单中的对象加入队列；重复执行只补充缺少的部分",
  "file of JSON lines with source and key, or - for stdin":
    "每行一个 JSON（source 和 key）的文件，- 表示标准输入",
  "cos://BUCKET[/PREFIX/]; the prefix is put before each key":
    "cos://BUCKET[/PREFIX/]；前缀加在每个对象键之前",
  "folder of sources with a relative path (default: the working directory)":
    "相对路径所在的目录（默认：工作目录）",
  "warn of lines that cannot be used, and go on": "对无法使用的行发出警告并继续",
  "larger objects go in parts of this size, for example 64M (default: 8M)":
    "更大的对象按该大小分块上传，如 64M（默认：8M）",
  "attempts of an object before it counts as failed (default: 5)":
    "对象的尝试次数，超过即视为失败（默认：5）",
  "Redis has lost the run: compare each object with COS before it is sent":
    "Redis 丢失了任务：发送前先与 COS 中的对象比较",

  "take jobs from the queue until SIGTERM or SIGINT, then end what was begun":
    "从队列取任务，直到 SIGTERM 或 SIGINT，然后完成已开始的部分",
  "objects and parts sent at the same time (default: 16)": "同时发送的对象和分块数（默认：16）",
  "memory for parts, for example 256M (default: 64M)": "分块使用的内存，如 256M（默认：64M）",
  "end when this run is finished, or without a name all runs of its queue":
    "该任务完成后结束；不写名称则等该队列的所有任务完成",
  "A worker that is lost is noticed by the others within 12 seconds.":
    "某个工作进程丢失后，其他进程会在 12 秒内发现。",

  "show how far a run is": "查看任务进度",
  "show it again every two seconds until the run is finished": "每两秒刷新一次，直到任务完成",
  "add the objects that failed to the queue again": "把失败的对象重新加入队列",
  "list every object with its crc64, failures with their reasons, and unfinished uploads":
    "列出每个对象及其 CRC64、失败的原因和未完成的上传",
  "only failures and unfinished uploads": "只列出失败和未完成的上传",
  "Exits with 1 if objects failed, are still to be sent, or uploads were left.":
    "有对象失败、尚未发送或遗留上传时，退出码为 1。",
};
