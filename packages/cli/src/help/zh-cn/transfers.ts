/** cp, mv and sync, with the flags that select files. */
export const TRANSFERS: Readonly<Record<string, string>> = {
  "upload, download or copy inside COS: files, directories (-r), stdin or stdout (-)":
    "上传、下载或在 COS 内复制：文件、目录（-r）、标准输入或标准输出（-）",
  "one or more sources, then the target; one of the two is cos://BUCKET/KEY":
    "一个或多个源，最后是目标；两者之一为 cos://BUCKET/KEY",
  [`If the target ends with '/' or names only the bucket, the object key ends with the name of the file. To resume an
interrupted transfer, run the same command again: only what is missing is sent. A source in COS is downloaded to a path,
written to stdout (-), or copied inside COS to another cos://BUCKET/KEY.`]: `目标以 '/' 结尾或只有存储桶时，对象键以文件名结尾。\
传输中断后，重新执行同一条命令即可续传：只发送缺少的内容。源在 COS 时，下载到路径、写到标准输出（-），或在 COS 内复制到另一个 \
cos://BUCKET/KEY。`,
  "copy as cp does, then delete each source whose target is verified":
    "与 cp 一样复制，然后删除目标已通过校验的源",
  "Before a source is deleted, its size and CRC64 are compared with those of its target once more. Folders that become empty stay.":
    "删除源之前，再次与目标比较大小和 CRC64。变空的目录会保留。",
  "make a prefix equal to a folder or to another prefix, or a folder equal to a prefix":
    "让前缀与目录或另一个前缀一致，或让目录与前缀一致",
  [`One of the two is a folder, the other one cos://BUCKET[/PREFIX]; or both are in COS, which copies then. A ledger in the state directory remembers what earlier syncs
have seen, so that files that did not change cost no request but the list of the prefix. Nothing is deleted without --delete,
nor after an error.`]: `两者之一为目录，另一个为 cos://BUCKET[/PREFIX]；或两者都在 COS，此时由 COS 复制。状态目录中的账本记录先前\
同步的结果，未变化的文件除列出前缀之外不需要任何请求。不带 --delete 时不删除任何内容，出错之后也不删除。`,
  "a folder, or cos://BUCKET[/PREFIX]": "目录，或 cos://BUCKET[/PREFIX]",
  "cos://BUCKET[/PREFIX], or a folder": "cos://BUCKET[/PREFIX]，或目录",
  "how an equal object is recognized": "如何判断对象相同",
  "delete what the source does not have, unless something failed": "删除源中没有的内容，除非有失败",
  "with --delete: delete nothing if it would be more than this":
    "与 --delete 一起使用：超过此数量时不删除任何内容",
  "inside COS: the region of the source (default: --region)":
    "在 COS 内同步时：源所在的地域（默认：--region）",
  "to COS: go on, and copy what changes in the folder, until Ctrl-C":
    "同步到 COS 时：持续运行直到 Ctrl-C，复制目录中发生变化的内容",

  "part size, 1M to 5120M; a bare number is MiB (default: 1, above 64 MiB: 8)":
    "分块大小，1M 到 5120M；不带单位时为 MiB（默认：1，文件超过 64 MiB 时为 8）",
  "parts of one file sent at the same time (default: 5)": "单个文件同时上传的分块数（默认：5）",
  "files uploaded at the same time (default: 5)": "同时上传的文件数（默认：5）",
  "threads that send the parts of files (default: the main one does everything)":
    "发送文件分块的线程数（默认：全部由主线程完成）",
  "verify an MD5 checksum of each request too; CRC64 is always verified":
    "每个请求额外校验 MD5；CRC64 总会校验",
  "most bytes per second of everything that is sent, as in 10M, or by the time of the day: '08:00,512K 23:00,off'":
    "发送的全部数据每秒最多的字节数，如 10M，或按时间：'08:00,512K 23:00,off'",
  "COS limits each request to so many bit/s, 819200 to 838860800, as in 80M":
    "由 COS 限制单个请求的带宽，单位 bit/s，819200 到 838860800，如 80M",
  "stop when so many files have failed (default: no limit)": "失败的文件达到此数量时停止（默认：不限）",
  "whether to resume an unfinished upload of the key (default: auto)":
    "是否续传该对象键未完成的上传（默认：auto）",
  "directory for checkpoints": "断点文件的保存目录",

  "ACL of the object: private, public-read, public-read-write or default":
    "对象的 ACL：private、public-read、public-read-write 或 default",
  "storage class of the object: STANDARD, STANDARD_IA, ARCHIVE, …":
    "对象的存储类型：STANDARD、STANDARD_IA、ARCHIVE 等",
  "Content-Type of the object; auto: from the extension of the key, else of the file":
    "对象的 Content-Type；auto：取自对象键的扩展名，否则取自文件的扩展名",
  "Cache-Control of the object": "对象的 Cache-Control",
  "Content-Disposition of the object": "对象的 Content-Disposition",
  "Content-Encoding of the object": "对象的 Content-Encoding",
  "Content-Language of the object": "对象的 Content-Language",
  "Expires of the object": "对象的 Expires",
  "metadata of the object (x-cos-meta-NAME); repeatable": "对象的自定义元数据（x-cos-meta-NAME）；可重复",
  "store texts with the first of these encodings that makes them smaller: gzip, br or both":
    "以其中第一个能使文本变小的编码保存文本：gzip、br 或两者",
  "Cache-Control of what the pattern matches; repeatable, the first one that matches counts":
    "匹配的文件的 Cache-Control；可重复，以第一条匹配的规则为准",

  "upload a directory, or download or copy a folder of COS": "上传目录，或下载、复制 COS 中的目录",
  "skip a file if its key exists, or if COS holds the same object (default: never; with -r: same)":
    "对象键已存在，或 COS 已有相同对象时跳过（默认：never；带 -r 时：same）",
  "region of a source in COS, for a copy inside COS (default: --region)":
    "在 COS 内复制时源所在的地域（默认：--region）",
  "fail if the key exists": "对象键已存在时失败",
  "store the objects of a manifest, JSON lines with source and key; - is stdin":
    "保存清单中的对象，清单为含 source 和 key 的 JSON 行；- 表示标准输入",
  "with --manifest-in: what is done, for the next run (default: FILE.ledger)":
    "与 --manifest-in 一起使用：记录已完成的内容，供下次运行（默认：FILE.ledger）",
  "with --manifest-in: folder of sources with a relative path (default: the working directory)":
    "与 --manifest-in 一起使用：相对路径的源所在的目录（默认：工作目录）",
  "with --manifest-in: warn of lines that cannot be used, and go on":
    "与 --manifest-in 一起使用：对无法使用的行发出警告并继续",
  "write a JSON line for each object: key, size, crc64, etag, version":
    "为每个对象写一行 JSON：key、size、crc64、etag、version",
  "print no progress bar and no progress lines": "不显示进度条，也不输出进度行",
  "list what would be uploaded, downloaded or copied, and do nothing":
    "只列出将要上传、下载或复制的内容，不执行任何操作",

  ...filterTexts("", ""),
  ...filterTexts("with -r: ", "与 -r 一起使用："),
  ...filterTexts("of a folder: ", "用于目录："),
  "the paths of --files-from are separated by NUL characters": "--files-from 的路径以 NUL 字符分隔",
};

/** The flags of `addFilterOptions()`, whose texts begin with when they apply. */
function filterTexts(when: string, chinese: string): Record<string, string> {
  return {
    [`${when}only what matches; repeatable`]: `${chinese}只包括匹配的内容；可重复`,
    [`${when}not what matches; repeatable, stronger than --include`]: `${chinese}排除匹配的内容；可重复，优先于 --include`,
    [`${when}not what the rules in this file match, in the form of a .gitignore; repeatable`]: `${chinese}排除此文件中的规则匹配的内容，格式与 .gitignore 相同；可重复`,
    [`${when}only the paths in this file, one a line; - is stdin`]: `${chinese}只包括此文件中的路径，每行一个；- 表示标准输入`,
    [`${when}do not read .cosignore; it is a file as any other then`]: `${chinese}不读取 .cosignore，此时它与其他文件一样`,
    [`${when}follow symbolic links that point inside the directory`]: `${chinese}跟随指向目录内部的符号链接`,
  };
}
