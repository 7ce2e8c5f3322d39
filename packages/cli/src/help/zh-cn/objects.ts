/** ls, du, stat, cat, rm, presign, hash and check. */
export const OBJECTS: Readonly<Record<string, string>> = {
  "cos://BUCKET[/PREFIX]": "cos://BUCKET[/PREFIX]",
  "cos://BUCKET/KEY": "cos://BUCKET/KEY",

  "list the objects and folders below a prefix": "列出前缀下的对象和目录",
  "print size in bytes, time and storage class too": "同时显示字节数、时间和存储类型",
  "list the objects of all folders below": "列出所有下级目录中的对象",
  "print the number of objects and their size at the end": "最后输出对象数量和总大小",
  "add up the objects below a prefix": "统计前缀下的对象",
  "print a line for each folder, down to this level (default: 0)":
    "到这一级为止，每个目录输出一行（默认：0）",

  "show the size, crc64, etag, headers and metadata of an object":
    "查看对象的大小、CRC64、ETag、HTTP 头和元数据",
  "write an object to stdout, and compare its crc64 at the end": "把对象写到标准输出，并在结尾核对 CRC64",
  "only these bytes, for example 0-1023 or -100; a range is not verified":
    "只读取这些字节，如 0-1023 或 -100；不校验",
  "this version of the object": "对象的这个版本",

  "delete objects, or with -r every object of a folder": "删除对象，带 -r 时删除目录下的所有对象",
  "cos://BUCKET/KEY, with -r cos://BUCKET/FOLDER/": "cos://BUCKET/KEY，带 -r 时为 cos://BUCKET/FOLDER/",
  "delete every object below the folder; asks first": "删除目录下的所有对象；执行前会询问",
  "do not ask; needed with -r where there is no terminal": "不询问；没有终端时与 -r 一起必须给出",
  "list what would be deleted, delete nothing": "只列出将要删除的对象，不删除任何内容",
  "delete this version of the object for good": "彻底删除对象的这个版本",

  "print a signed URL of an object; sends nothing": "输出对象的签名 URL；不发送任何请求",
  "what the URL may be used for": "URL 允许的用途",
  "how long it is valid, for example 15m (default: 15m)": "有效时间，如 15m（默认：15m）",

  "print the crc64 and the md5 of files, as COS computes them": "输出文件的 CRC64 和 MD5，与 COS 的计算一致",
  "files, or - for stdin": "文件，- 表示标准输入",

  "compare a file with its object, or a folder with a prefix, by size and crc64":
    "按大小和 CRC64 比较文件与对象，或目录与前缀",
  "a file or a folder": "文件或目录",
  "cos://BUCKET[/KEY]; the objects of a folder are those that cp -r makes":
    "cos://BUCKET[/KEY]；目录对应的对象与 cp -r 上传的相同",
  "compare what a report of --report lists: with COS, or with files below local":
    "比较 --report 的报告所列的内容：与 COS 比较，或与 local 下的文件比较",
  "ignore objects without a file": "忽略没有对应文件的对象",
  "files compared at the same time (default: 5)": "同时比较的文件数（默认：5）",
  "stop when so many comparisons have failed (default: no limit)":
    "无法完成的比较达到此数量时停止（默认：不限）",
  "print only what differs": "只输出不同之处",
  "Exits with 1 if something is missing, extra or different, and lists it.":
    "有缺少、多出或不同的内容时，列出这些内容并以 1 退出。",
};
