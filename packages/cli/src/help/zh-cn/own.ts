/** config, doctor, version and completion. */
export const OWN: Readonly<Record<string, string>> = {
  "show and change the profiles": "查看和修改 profile",
  [`The file is ~/.config/cosup/config.toml, or what COSUP_CONFIG names. A profile has keys (secret_id and secret_key with token, or
credential_process, or role), and defaults of flags: part_size is that of --part-size.`]: `文件为 ~/.config/cosup/config.toml，\
或由 COSUP_CONFIG 指定。profile 中有密钥（secret_id、secret_key 及 token，或 credential_process，或 role）和参数的默认值：\
part_size 对应 --part-size。`,
  "print the path of the configuration": "输出配置文件的路径",
  "list the profiles; * is the one that is used": "列出 profile；* 表示正在使用的",
  "show the fields of a profile; secrets are masked": "显示 profile 的字段；密钥会遮盖",
  "default: the one that is used": "默认为正在使用的 profile",
  "ask for keys and a region, and save them in a profile": "询问密钥和地域，并保存到 profile",
  "set a field; secret_key and token are asked for, or read from stdin":
    "设置字段；secret_key 和 token 会询问，或从标准输入读取",
  "a field of keys, or a flag with _ in place of -": "密钥字段，或以 _ 代替 - 的参数名",
  "the value; several for a list": "值；列表可给出多个",
  "profile to change; it is added if it does not exist (env: COSUP_PROFILE)":
    "要修改的 profile；不存在时新建（环境变量：COSUP_PROFILE）",
  "remove fields of a profile": "删除 profile 的字段",
  "fields that it has": "其中已有的字段",
  "profile to change (env: COSUP_PROFILE)": "要修改的 profile（环境变量：COSUP_PROFILE）",
  "remove a profile with its keys; asks first": "删除 profile 及其密钥；会先询问",
  "its name": "profile 的名称",

  "check what a request needs: credentials, endpoint, proxy, DNS, TLS, clock, permissions":
    "检查请求所需的一切：密钥、接入点、代理、DNS、TLS、时钟、权限",
  "cos://BUCKET[/PREFIX], whose permissions are checked, too": "cos://BUCKET[/PREFIX]，还会检查其权限",
  "also write an empty object below the prefix, and delete it": "还在该前缀下写入一个空对象，然后删除",
  "Prints a line for each check: ok, warn or fail, with what to do. Secrets are never printed.":
    "每项检查输出一行：ok、warn 或 fail，并说明如何处理。从不输出密钥。",
  "print the versions of cosup, of its core and of Node": "输出 cosup、其核心和 Node 的版本",
  "print a script that completes commands and flags in a shell": "输出用于补全命令和参数的 shell 脚本",
  "bash, zsh or fish": "bash、zsh 或 fish",
};
