// A letter with three files, of which two share a name and one is a page that would run.
export const WITH_FILES = `From: Mina <mina@harbour.example>
To: anna@localhost
Subject: Plans
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

See the files.
--b
Content-Type: text/plain; name="plan.txt"
Content-Disposition: attachment; filename="../../etc/plan.txt"

one
--b
Content-Type: text/plain; name="plan.txt"
Content-Disposition: attachment; filename="PLAN.TXT"

two
--b
Content-Type: text/html; name="page.html"
Content-Disposition: attachment; filename="page.html"

<script>alert(1)</script>
--b--
`;
