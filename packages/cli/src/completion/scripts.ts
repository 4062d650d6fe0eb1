/**
 * Each shell hands over what stands before the cursor, on standard input: the list of processes is no
 * place for what somebody is typing. It gets back:
 *
 *     words, or files             whether to take these candidates, or the files of the shell
 *     the word being typed        as it was understood
 *     candidate[TAB]says          each on a line
 *
 * Candidates are keys that other members wrote: each shell quotes them, and none evaluates them. That
 * is why these scripts are our own. The usual generators hand the typed line to `eval`, and candidates
 * to `compgen -W`, which expands them: a key called `$(…)` would run on whoever presses the tab key.
 */
const ask = 'grapevine completion candidates'

const bash = `# grapevine completion for bash; in ~/.bashrc: source <(grapevine completion bash)
_grapevine() {
  local mode typed line value current prefix
  COMPREPLY=()
  {
    IFS= read -r mode || return 0
    IFS= read -r typed || return 0
    if [[ $mode == files ]]; then
      compopt -o default
      return 0
    fi
    # Bash breaks words at = and :, and replaces only what stands behind them.
    current=\${COMP_WORDS[COMP_CWORD]}
    [[ $current == [=:] ]] && current=
    prefix=
    [[ $typed == *"$current" ]] && prefix=\${typed%"$current"}
    while IFS= read -r line; do
      value=\${line%%$'\\t'*}
      [[ $value == */ ]] && compopt -o nospace
      printf -v value %q "\${value#"$prefix"}"
      COMPREPLY+=("$value")
    done
  } < <(printf %s "\${COMP_LINE:0:COMP_POINT}" | ${ask} 2>/dev/null)
}
complete -F _grapevine grapevine
`

const zsh = `#compdef grapevine
# grapevine completion for zsh; in ~/.zshrc: source <(grapevine completion zsh)
_grapevine() {
  local line value says
  local -a rows ends endsSay goOn
  line="\${(j: :)words[1,CURRENT-1]} $PREFIX"
  rows=("\${(@f)$(printf %s "$line" | ${ask} 2>/dev/null)}")
  if [[ $rows[1] == files ]]; then
    _files
    return
  fi
  for line in "\${(@)rows[3,-1]}"; do
    [[ -n $line ]] || continue
    value=\${line%%$'\\t'*}
    says=
    [[ $line == *$'\\t'* ]] && says=\${line#*$'\\t'}
    if [[ $value == */ ]]; then
      goOn+=("$value")
    else
      ends+=("$value")
      endsSay+=("\${value}\${says:+  $says}")
    fi
  done
  (( $#goOn )) && compadd -S '' -a -- goOn
  (( $#ends )) && compadd -l -d endsSay -a -- ends
  return 0
}
if [[ \${funcstack[1]} == _grapevine ]]; then
  _grapevine
else
  compdef _grapevine grapevine
fi
`

const fish = `# grapevine completion for fish: grapevine completion fish > ~/.config/fish/completions/grapevine.fish
function __grapevine_candidates
    set -l rows (commandline -cp | ${ask} 2>/dev/null)
    if test "$rows[1]" = files
        __fish_complete_path (commandline -ct)
    else if test (count $rows) -gt 2
        printf '%s\\n' $rows[3..-1]
    end
end
complete -c grapevine -e
complete -c grapevine -f -a '(__grapevine_candidates)'
`

export const scripts: ReadonlyMap<string, string> = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
])
