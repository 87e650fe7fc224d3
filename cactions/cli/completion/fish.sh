# Completion of cactions for fish.
function __cactions_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --cut-at-cursor --current-token)
    set -e words[1]
    set -l found (_CACTIONS_COMPLETE=fish command cactions $words "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete --command cactions --no-files --arguments '(__cactions_complete)'
