// Certificates for tests, self-signed on ECDSA P-256 for a hundred years. Their keys are public: they protect nothing.
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=NAME
//   -addext subjectAltName=DNS:NAME,IP:127.0.0.1

export interface TestCertificate {
  readonly name: string;
  readonly key: string;
  readonly cert: string;
}

/** For `localhost` and 127.0.0.1. */
export const TEST_CERTIFICATE: TestCertificate = {
  name: "localhost",
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfoQySzB4W8TgnIBA
N2Iu8pg91AbKIWhtDckwRLoSvrahRANCAAQfScF3kwrcgNv8gC19MP8M5DmCH47o
re2v5W2MZDbPyIe5D90Ukmqvm0Be4W2G4IGua9TxktNkz3TIqGch7Hqx
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUNUhBjbyqvIdjEj2On4GjSrSmVMEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzEwMTcxMFoYDzIxMjYxMDMw
MTAxNzEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQfScF3kwrcgNv8gC19MP8M5DmCH47ore2v5W2MZDbPyIe5D90Ukmqv
m0Be4W2G4IGua9TxktNkz3TIqGch7Hqxo28wbTAdBgNVHQ4EFgQUfhpQDES7F+1z
IT3xGvZqS66a7vwwHwYDVR0jBBgwFoAUfhpQDES7F+1zIT3xGvZqS66a7vwwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgTaIRvo923MVqAlJUEFjpsHfoounSy1Wbw62BVnljkOYCIFOt
w6Hb8SBrwUjvqJoWZZB0hE2mMYBkAYxhvbFuUlzJ
-----END CERTIFICATE-----
`,
};

/** To tell from the first when certificates are renewed. */
export const OTHER_CERTIFICATE: TestCertificate = {
  name: "other.example",
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBprnQAtEOFhTHXVH
XrATZUqUCE3nZ1S5AkKuQtZ2yRqhRANCAARr1oBiVOVK8aPNC7aS/aEkLXhpgcTa
zmEMNUxqYis9AXN57F1+R9K5J6PcNAyFQUsXOMg9NX3nLkF0csPSLUTC
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBpzCCAU2gAwIBAgIUH+Ht6Mx4z3uU6GDjj+wADojFMMMwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTAgFw0yNjExMjMxMDE3MTBaGA8yMTI2
MTAzMDEwMTcxMFowGDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABGvWgGJU5Urxo80LtpL9oSQteGmBxNrOYQw1TGpiKz0B
c3nsXX5H0rkno9w0DIVBSxc4yD01fecuQXRyw9ItRMKjczBxMB0GA1UdDgQWBBSH
dtADa6yxUYRVk84pS6zwmq+oizAfBgNVHSMEGDAWgBSHdtADa6yxUYRVk84pS6zw
mq+oizAPBgNVHRMBAf8EBTADAQH/MB4GA1UdEQQXMBWCDW90aGVyLmV4YW1wbGWH
BH8AAAEwCgYIKoZIzj0EAwIDSAAwRQIgXMoDVNjTC3cQjObRENhTLd/iPYN12hX9
Uzxnnl7vspECIQDpTcnGGjBdbb1H5H2U5bAvmkkuJotKwZ02Ew9A1EXU4w==
-----END CERTIFICATE-----
`,
};
