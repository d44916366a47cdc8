"""Collects a maildrop with Python's poplib; prints one JSON object. argv: transport port user password keep|delete seen-file"""
import hashlib, json, os, poplib, ssl, sys

transport, port, user, password, after, seen_file = sys.argv[1:7]
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
pop = poplib.POP3_SSL("127.0.0.1", int(port), context=context) if transport == "TLS" else poplib.POP3("127.0.0.1", int(port))
if transport == "STLS":
    pop.stls(context=context)
pop.user(user)
pop.pass_(password)
seen = set(open(seen_file).read().split()) if os.path.exists(seen_file) else set()
count, octets = pop.stat()
fetched = []
for line in pop.uidl()[1]:
    number, unique_id = line.decode().split()
    if unique_id in seen:
        continue
    lines = pop.retr(int(number))[1]
    fetched.append(hashlib.sha256(b"".join(line + b"\r\n" for line in lines)).hexdigest())
    seen.add(unique_id)
    if after == "delete":
        pop.dele(int(number))
pop.quit()
open(seen_file, "w").write("\n".join(seen))
print(json.dumps({"count": count, "octets": octets, "fetched": fetched}))
