// java Call.java KEY.pem KEYID URL: one signed GET, with the JDK alone (17 or newer)
import java.net.URI;
import java.net.http.*;
import java.nio.file.*;
import java.security.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.*;

class Call {
  public static void main(String[] args) throws Exception {
    var pem = Files.readString(Path.of(args[0])).replaceAll("-----[A-Z ]+-----|\\s", "");
    var key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    var url = URI.create(args[2]);
    var random = new byte[16];
    new SecureRandom().nextBytes(random);
    var created = Instant.now().getEpochSecond();
    var params = "(\"@method\" \"@authority\" \"@path\" \"@query\");created=" + created + ";expires=" + (created + 60)
        + ";nonce=\"" + HexFormat.of().formatHex(random) + "\";keyid=\"" + args[1] + "\";alg=\"ed25519\";tag=\"sceau-v1\"";
    var query = url.getRawQuery() == null ? "" : url.getRawQuery();
    var base = "\"@method\": GET\n\"@authority\": " + url.getAuthority().toLowerCase() + "\n\"@path\": " + url.getRawPath()
        + "\n\"@query\": ?" + query + "\n\"@signature-params\": " + params;
    var signer = Signature.getInstance("Ed25519");
    signer.initSign(key);
    signer.update(base.getBytes("UTF-8"));
    var signature = Base64.getEncoder().encodeToString(signer.sign());
    var request = HttpRequest.newBuilder(url).header("Signature-Input", "sig1=" + params).header("Signature", "sig1=:" + signature + ":").build();
    var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    System.out.print(answer.body());
    if (answer.statusCode() != 200) System.exit(1);
  }
}
