/** What concerns every command. */
export const topics: ReadonlyMap<string, string> = new Map([
  [
    'environment',
    `Where settings come from: what is typed goes before the environment, and that before grapevine.yaml.

Every command
  GRAPEVINE_DATA_DIR          the folder of the peer: .grapevine if nobody says        dataDir
  GRAPEVINE_SOCKET            where the running peer answers: api.sock in that folder  api.socket
  GRAPEVINE_LAB               a peer of the lab that runs here, by number or name
  GRAPEVINE_AS                act as the person whose key this is
  GRAPEVINE_PASSPHRASE_FILE   what that key is locked with; else it is asked for
  GRAPEVINE_CONFIG            the settings: grapevine.yaml in this folder if nobody says
  NO_COLOR, FORCE_COLOR       no colours, or colours also in a pipe
  VISUAL, EDITOR              what grapevine edit opens

Peers that run (grapevine up), and those that a command opens for a moment
  GRAPEVINE_NAME              what it is called                                        name
  GRAPEVINE_LABELS            zone=a,version=3                                         labels
  GRAPEVINE_LISTEN            0.0.0.0:7300; more of them with commas                   listen
  GRAPEVINE_ANNOUNCE          10.0.0.7:7300: said to others instead                    announce
  GRAPEVINE_PEERS             10.0.0.8:7300,10.0.0.9:7300: where members are           peers
  GRAPEVINE_MDNS              true: find members on the local network                  mdns

grapevine up alone
  GRAPEVINE_JOIN_FILE         a file with a token                                      joinFile
  GRAPEVINE_API_LISTEN        127.0.0.1:7654: HTTP on loopback                         api.listen
  GRAPEVINE_API_TOKEN_FILE    what callers over HTTP show                              api.tokenFile
  GRAPEVINE_LOG_LEVEL         debug, info, warn or error                               log.level
  GRAPEVINE_LOG_FORMAT        json or text                                             log.format

On the right is the name in grapevine.yaml: \`api: { listen: 127.0.0.1:7654 }\`.
`,
  ],
  [
    'exit-codes',
    `What a script can tell from how a command ended.

    0  it is done
    1  it failed
    2  what was typed cannot be used, or a value is invalid: nothing was written
    3  nothing is there under that name
    4  not allowed, or a key or badge that does not hold
    5  somebody was faster: the version is another one by now
    6  no peer runs here, or one runs where none may
    7  not everybody who was waited for has it, or nobody could be reached
  130  interrupted, or a question was answered with no

exec ends as its child did, and sim has codes of its own: grapevine sim --help.
With --json an error is one line on standard error: {"error":{"code","message","next","exitCode"}}.
The codes in there are those of the library, and stay as they are.
`,
  ],
  [
    'formatting',
    `Data goes to standard output, and everything that is said about it to standard error.

On a terminal   tables with aligned columns and headings; times are local, with the day if not today
In a pipe       the same rows without headings, with tabs between the cells: for cut, awk and sort
--json          what the API answers, one object; an object a line where there are many, and where
                they keep coming (watch). Bytes are {"$bytes":"<base64>"}, times are milliseconds
                since 1970.
--quiet         no remarks: data and errors only
NO_COLOR        no colours; in a pipe there are none anyway

Values are given as JSON or as plain text, @file or - for standard input. A release is named by its
replica and number, 7f3a·412; the replica may be shortened, and 7f3a.412 is taken as well.
`,
  ],
])
