#compdef cactions
# Completion of cactions for zsh.
_cactions() {
    local name about
    local -a names shown
    while IFS=$'\t' read -r name about; do
        names+=("$name")
        shown+=("$name${about:+  -- $about}")
    done < <(_CACTIONS_COMPLETE=zsh command cactions "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    if (( $#names )); then
        compadd -l -d shown -a names
    else
        _files
    fi
}
if [[ "${funcstack[1]}" == "_cactions" ]]; then
    _cactions "$@"
else
    compdef _cactions cactions
fi
