"""The vault's file format, ``cactions-vault/1``, byte for byte.

MUST and MUST NOT are those of RFC 2119. Names, hosts, versions, recipients and dates are readable
in the file and are authenticated; values are sealed, and so is their length, but for its 64s.

**Lines.** A vault is ASCII text: lines, each one JSON object in canonical form and one LF.

1. A file MUST NOT be longer than 33,554,432 bytes, nor a line longer than 1,048,576 with its LF.
2. Every byte but LF MUST be 0x20 to 0x7E and MUST NOT be 0x5C (backslash); so that no string has an
   escape. Objects MUST have their keys sorted by byte and none twice. There MUST NOT be a blank
   outside of strings.
3. The only values are objects, arrays, strings and integers. An integer MUST be 1 to 2^53-1,
   written without sign, leading zero, fraction or exponent.
4. Bytes are base64 (RFC 4648, section 4, padded) and MUST be what encoding them gives again.
5. Every line MUST have exactly the keys that are named here. In order:

   - one head: ``epoch`` (counts data keys), ``format`` (``cactions-vault/1``), ``generation``
     (counts writes), ``vault`` (32 small hex digits, random);
   - recipients, at least one, sorted by ``name``, none twice: ``created``, ``key_id`` (32 small hex
     digits), ``kind`` (``key``, ``invitation``, ``machine`` or ``passphrase``), ``name``, ``salt``
     (32 bytes), ``wrapped`` (80 bytes), and for a passphrase, and only there, ``scrypt``: an object
     of ``n``, ``p``, ``r`` and ``salt`` (32 bytes);
   - entries, sorted by ``purpose``, ``name``, ``version``, none twice: ``meta``, ``name``,
     ``purpose`` (``journal``, ``plan``, ``request`` or ``secret``), ``salt`` (32 bytes), ``sealed``
     (a multiple of 64 bytes, at least 64, and 16), ``version``;
   - one end: ``mac`` (32 bytes).
6. A name MUST match ``[A-Za-z0-9_][A-Za-z0-9_.@-]{0,127}``; a date MUST match
   ``[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z``.
7. ``meta`` MUST have ``by`` (a name), ``created`` (a date) and ``hosts``: an array, sorted, none
   twice, of strings that match ``[a-z0-9][a-z0-9.-]{0,252}``. It MAY have ``token_hosts``, of the
   same form, and further keys that match ``[a-z_]{1,32}``, with a string, an integer or an array of
   strings; a writer MUST keep them.
8. ``scrypt.n`` MUST be a power of two from 2^15 to 2^18, ``r`` 8 and ``p`` 1.

**Hosts.** A secret MUST NOT be sent to a host that is not in its ``hosts``. A token that is fetched
with secrets MUST NOT be sent to a host that is not in the ``token_hosts`` of every one of them; a
secret without any lets it go nowhere. An end user's own token needs an entry of purpose ``secret``
and of its name, with empty ``hosts``, with ``token_hosts``, and with an empty plaintext; without it
the token MUST NOT be sent. (A reader that does not know ``token_hosts`` finds there a secret that
may go nowhere.) What was read without a key MUST NOT allow anything.

**Keys.** ``L(a, b, …)`` is each item as four bytes of length (big-endian) and its bytes; an integer
is its decimal digits. HKDF is RFC 5869 with SHA-256; without a salt given, the salt is empty.

- The *data key* is 32 random bytes, new in each epoch.
- A recipient's *key* is 32 random bytes, or scrypt (RFC 7914) of the passphrase (NFC, UTF-8).
  Its ``key_id`` is the first 16 bytes of HKDF(key, info ``L(format, "key id", vault)``); it commits
  to the key before anything is opened with it.
- The *MAC key* is HKDF(data key, info ``L(format, "mac", vault, epoch)``), 32 bytes.
- The key of a *purpose* is HKDF(data key, info ``L(format, "purpose", vault, epoch, purpose)``).

**Sealing** a plaintext with a key and associated data: the salt is 32 fresh random bytes;
HKDF(key, salt, info ``L(format, "seal")``) gives 44 bytes: a single-use AES-256-GCM key and its
nonce of 12. The plaintext is padded: four bytes of its length (big-endian), itself, zero bytes up
to the next multiple of 64. A reader MUST refuse any other padding.

- An entry is sealed with the key of its purpose; its associated data is
  ``L(format, vault, epoch, purpose, name, version, SHA-256 of meta as it stands in the line)``.
- A recipient's ``wrapped`` is the data key, sealed with the recipient's key; its associated data
  is ``L(format, vault, epoch, "recipient", name, 1, SHA-256 of the line without salt, wrapped)``.
- ``mac`` is HMAC-SHA256 with the MAC key over every byte before the last line.

Wrapping is symmetric on purpose: with public keys, an attacker who knows a recipient's key could
wrap a data key of their own and forge a whole vault. So a teammate who makes a new data key cannot
wrap it for others by their old keys: after ``rekey`` and ``recipients remove`` every other
recipient gets a new one.

**Reading.** The first failure is the verdict. A reader MUST NOT use anything of a file before 6.

1. The file is too long: *too_big*.
2. No LF at all: *truncated* if the file begins with ``{"epoch":`` or is a part of these bytes from
   their beginning, else *not_a_vault*. In the first line, the first match of
   ``"format":"cactions-vault/([1-9][0-9]{0,8})"`` is 1; none: *not_a_vault*; higher:
   *newer_version*.
3. The last byte is LF, or *truncated*. Line by line: a line is too long: *too_big*; it breaks rule
   2 to 7 or its order: *not_canonical*; it breaks rule 8: *bad_parameters*. No end at the end of
   the file: *truncated*; an end before the last line, or no recipient: *not_canonical*.
4. No line of the recipient (by name where it is known, else by ``key_id``): *unknown_recipient*;
   its ``key_id`` is not that of the key that is held: *wrong_key*.
5. ``wrapped`` does not open, or is not 32 bytes: *tampered*.
6. ``mac`` is another (compared in constant time): *tampered*.
7. ``generation`` is lower than the highest one seen: *rollback*.
8. An entry that is asked for does not open: *entry*.

A writer MUST add 1 to ``generation``, MUST NOT use a salt twice, and MUST raise ``epoch`` with
every new data key. Purposes ``journal`` and ``plan`` hold the keys that these purposes had
in earlier epochs (``name`` is the vault id, a dot and the epoch), so that older records stay
readable.
"""
