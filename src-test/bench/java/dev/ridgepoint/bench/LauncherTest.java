package dev.ridgepoint.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The script {@code ridge}, in a tree of its own that is built already. Its JDKs are folders whose
 * {@code java} prints what it is given; the folders of the system are below a folder of the test.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final List<String> TOOLS =
      List.of(
          "sh",
          "dirname",
          "readlink",
          "grep",
          "sed",
          "find",
          "head",
          "cat",
          "locale",
          "mkdir",
          "rm",
          "sleep",
          "touch",
          "mv");

  @TempDir private Path root;

  private final Map<String, String> environment = new HashMap<>();
  private Path user;
  private Path bin;

  @BeforeEach
  void makeTree() throws IOException {
    user = Files.createDirectories(root.resolve("home/me"));
    bin = Files.createDirectories(root.resolve("bin"));
    for (String tool : TOOLS) {
      Optional<Path> found = onPath(tool);
      if (found.isPresent()) {
        script(bin.resolve(tool), "exec '" + found.get() + "' \"$@\"");
      }
    }
    Files.createDirectory(root.resolve("tmp"));
    environment.put("TMPDIR", "");
    environment.put("PATH", bin.toString());
    environment.put("HOME", user.toString());
    environment.put("LC_ALL", "C");
    for (String unset :
        List.of(
            "JAVA_HOME",
            "RIDGE_JAVA_HOME",
            "RIDGE_JAVA_OPTS",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "_JAVA_OPTIONS")) {
      environment.put(unset, "");
    }
  }

  private static Optional<Path> onPath(String tool) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "25.0.1, true",
    "25, true",
    "25-ea, true",
    "26, true",
    "27.0.2, true",
    "30, true",
    "100, true",
    "24.0.2, false",
    "2, false",
    "1.8.0_25, false"
  })
  void takesRelease25AndNewer(String release, boolean isTaken) throws IOException {
    Path jdk = jdk("anywhere", release);
    environment.put("RIDGE_JAVA_HOME", jdk.toString());
    JvmRun run = ridge("devices");
    if (isTaken) {
      assertEquals(jdk.toString(), jdkOf(run));
    } else {
      assertEquals(2, run.exitCode());
      assertEquals("ridge: RIDGE_JAVA_HOME is no JDK 25 or newer: " + jdk + "\n", run.err());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "usr/lib/jvm/temurin",
        "opt/hostedtoolcache/Java_Temurin/27/x64",
        "home/me/.sdkman/candidates/java/27-open",
        "home/me/.asdf/installs/java/temurin-27",
        "home/me/.asdf/installs/java/temurin-27/Contents/Home",
        "home/me/.local/share/mise/installs/java/27/Contents/Home",
        "home/me/.jabba/jdk/temurin@27",
        "home/me/.jabba/jdk/temurin@27/Contents/Home",
        "home/me/.jenv/versions/27",
        "home/me/.gradle/jdks/temurin/Contents/Home",
        "home/linuxbrew/.linuxbrew/opt/openjdk@27/libexec",
        "home/me/.linuxbrew/opt/openjdk/libexec",
        "opt/homebrew/opt/openjdk/libexec/openjdk.jdk/Contents/Home",
        "Library/Java/JavaVirtualMachines/temurin.jdk/Contents/Home"
      })
  void findsAJdkWherePeopleHaveIt(String folder) throws IOException {
    assertEquals(jdk(folder, "27").toString(), jdkOf(ridge("devices")));
  }

  @Test
  void findsAJdkInMavensToolchains() throws IOException {
    Path jdk = jdk("far away", "26");
    Files.createDirectory(user.resolve(".m2"));
    Files.writeString(user.resolve(".m2/toolchains.xml"), "<jdkHome> " + jdk + " </jdkHome>\n");
    assertEquals(jdk.toString(), jdkOf(ridge("devices")));
  }

  @Test
  void asksAJavaOnThePathThatIsAScript() throws IOException {
    Path jdk = jdk("hidden", "26");
    script(bin.resolve("java"), "exec '" + jdk + "/bin/java' \"$@\"");
    assertEquals(jdk.toString(), jdkOf(ridge("devices")));
  }

  @Test
  void aJdkOnThePathComesBeforeThoseThatAreLyingAbout() throws IOException {
    jdk("usr/lib/jvm/temurin", "25");
    Path jdk = jdk("elsewhere", "26");
    Files.createSymbolicLink(bin.resolve("java"), jdk.resolve("bin/java"));
    assertEquals(jdk.toString(), jdkOf(ridge("devices")));
  }

  @Test
  void ofThoseLyingAboutAJdk25ComesFirst() throws IOException {
    jdk("usr/lib/jvm/aaa", "26");
    Path jdk = jdk("home/me/.jenv/versions/25", "25.0.1");
    assertEquals(jdk.toString(), jdkOf(ridge("devices")));
  }

  @Test
  void saysWhatToInstallWhereThereIsNone() throws IOException {
    jdk("usr/lib/jvm/old", "21");
    script(bin.resolve("java"), "exit 1");
    JvmRun run = ridge("devices");
    assertEquals(2, run.exitCode());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().startsWith("ridge: no JDK 25 or newer found: install "), run.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"RIDGE_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
  void theUsersCollectorIsTheOnlyOne(String variable) throws IOException {
    jdk("usr/lib/jvm/temurin", "25");
    assertTrue(ridge("report").out().contains("-XX:+UseSerialGC"));
    environment.put(variable, "-Xmx1g -XX:+UseG1GC");
    assertFalse(ridge("report").out().contains("-XX:+UseSerialGC"));
    environment.put(variable, "-Xlog:gc -XX:MaxGCPauseMillis=5");
    assertTrue(ridge("report").out().contains("-XX:+UseSerialGC"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "xx_YY"})
  void javaKnowsEveryPathInTheLocaleC(String locale) throws IOException {
    jdk("usr/lib/jvm/temurin", "25");
    environment.put("LC_ALL", locale);
    assertTrue(ridge("report").out().contains("LC_ALL=C.UTF-8"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--help",
        "estimate tiny --memory",
        "plan serve tiny",
        "scaling --compute 1e21",
        "devices",
        "compare a.json b.json",
        "inspect model.gguf",
        "explain kv-cache",
        "lesson",
        "tokenize --help",
        "generate --help"
      })
  void whatIsCountedOnPaperStartsWithoutVectors(String line) throws IOException {
    jdk("usr/lib/jvm/temurin", "25");
    String command = ridge(line.isEmpty() ? new String[0] : line.split(" ")).text();
    assertFalse(command.contains("jdk.incubator.vector"), command);
    assertTrue(command.contains("-XX:TieredStopAtLevel=1"), command);
    assertTrue(command.contains("-XX:AOTCache=" + root + "/tree/bench/target/ridge.aot"), command);
    assertTrue(command.stripTrailing().endsWith(("ridge.jar " + line).stripTrailing()), command);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "report",
        "machine",
        "logits --tokens 1",
        "estimate tiny --device local",
        "bench",
        "generate --prompt --help"
      })
  void whatRunsTheEngineHasVectors(String line) throws IOException {
    jdk("usr/lib/jvm/temurin", "25");
    String command = ridge(line.split(" ")).text();
    assertTrue(command.contains("--add-modules=jdk.incubator.vector"), command);
    assertFalse(command.contains("AOTCache"), command);
    assertTrue(command.stripTrailing().endsWith("ridge.jar " + line), command);
  }

  @Test
  void anotherTemporaryFolderIsTakenWhereTheUsualOneIsMissing() throws IOException {
    jdk("usr/lib/jvm/temurin", "25");
    assertFalse(ridge("report").text().contains("java.io.tmpdir"));
    Files.delete(root.resolve("tmp"));
    Files.createDirectories(root.resolve("tree/target"));
    assertTrue(ridge("report").text().contains("-Djava.io.tmpdir=" + root + "/tree/target"));
    Path named = Files.createDirectory(root.resolve("named"));
    environment.put("TMPDIR", named.toString());
    assertTrue(ridge("report").text().contains("-Djava.io.tmpdir=" + named));
  }

  /** All of it, with this JVM: where it is installed, what it reads, and what it says of it. */
  @Test
  void theLocaleCHasFoldersOfEveryScript() throws IOException {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "or it cannot be made");
    Path model = Files.createDirectory(root.resolve("模型"));
    Files.writeString(model.resolve("config.json"), "{\"model_type\": \"gpt9\"}");
    script(
        jdk("usr/lib/jvm/temurin", "25").resolve("bin/java"),
        "exec '%s/bin/java' -cp '%s' dev.ridgepoint.bench.cli.Ridge estimate '%s'"
            .formatted(
                System.getProperty("java.home"), System.getProperty("java.class.path"), model));
    String ridge = install("Übung").toString();
    JvmRun run = JvmRun.of(List.of(ridge, "estimate"), environment);
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().lines().toList().getLast().startsWith("ridge: " + model), run.err());
    assertTrue(run.err().contains("gpt9"), run.err());
  }

  /** Maven, or else the wrapper that fetches it, with the same arguments and JDK. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void buildsWithMavenOrElseItsWrapper(boolean hasMaven) throws IOException {
    Path jdk = jdk("usr/lib/jvm/temurin", "25");
    Path ridge = install("tree and leaf");
    Path tree = ridge.getParent();
    Files.delete(tree.resolve("bench/target/ridge.jar"));
    String build =
        "echo \"$0 $JAVA_HOME $*\" >&2; echo built >'" + tree + "/bench/target/ridge.jar'";
    script(tree.resolve("mvnw"), build);
    if (hasMaven) {
      script(bin.resolve("mvn"), build);
    }
    JvmRun run = JvmRun.of(List.of(ridge.toString(), "devices"), environment);
    assertEquals(0, run.exitCode(), run.err());
    Path builder = hasMaven ? bin.resolve("mvn") : tree.resolve("mvnw");
    assertTrue(
        run.err()
            .contains(
                ("%s %s -B -q -T 2 -f %s/pom.xml -Dmaven.test.skip=true -Djacoco.skip"
                        + " -Dtoolchain.jdk.mode=IfMatch -Dchecks=false -Dclasses=unchecked"
                        + " -Dstyle.color=never package\n")
                    .formatted(builder, jdk, tree)),
        run.err());
    assertTrue(run.out().contains(tree + "/bench/target/ridge.jar devices"), run.out());
  }

  /** Where there is no JDK and no source. */
  @Test
  void anArchiveRunsItsOwnRuntimeAndBuildsNothing() throws IOException {
    Path archive = install("my ridge/bin").getParent().getParent();
    Files.delete(archive.resolve("bin/bench/target/ridge.jar"));
    jdk("my ridge/runtime", "25.0.1");
    JvmRun run = archived(archive, "estimate");
    assertEquals(archive.resolve("runtime").toString(), jdkOf(run));
    assertTrue(run.out().contains("-jar " + archive + "/bin/../lib/ridge.jar estimate"), run.out());
    JvmRun peers = archived(archive, "peers");
    assertEquals(2, peers.exitCode());
    assertTrue(peers.err().startsWith("ridge: peers is built from the sources"), peers.err());
    Path named = jdk("anywhere", "26");
    environment.put("RIDGE_JAVA_HOME", named.toString());
    assertEquals(named.toString(), jdkOf(archived(archive, "estimate")));
  }

  private JvmRun archived(Path archive, String command) throws IOException {
    return JvmRun.of(List.of(archive.resolve("bin/ridge").toString(), command), environment);
  }

  /** Both launchers give the JVM the same options, for the same commands. */
  @Test
  void theLauncherOfWindowsSaysTheSame() throws IOException {
    String here = Files.readString(Path.of("../ridge"));
    String windows = Files.readString(Path.of("../ridge.cmd"));
    assertEquals(options(here), options(windows));
    String commands =
        only(here, "' ' \\| -\\* \\| ([^)]*)\\)").replaceAll("[\\\\*|\\s]+", " ").strip();
    assertEquals(commands, only(windows, "for %%c in \\((estimate [a-z ]*)\\)"));
    assertTrue(windows.lines().allMatch(line -> line.chars().allMatch(c -> c < 128)));
    assertEquals(
        windows.lines().count(),
        windows.chars().filter(c -> c == '\r').count(),
        "lines of Windows");
  }

  /** The JVM's options and properties, and Maven's. */
  private static Set<String> options(String launcher) {
    return Pattern.compile(
            "(?<=[ ='\"])(-X[a-zA-Z]*:[^ ;'\")^%$\\[(]+|--[a-z-]+=[\\w.-]+|-D[a-z.A-Z]+=[\\w.]+)")
        .matcher(launcher)
        .results()
        .map(MatchResult::group)
        .filter(option -> !option.contains("tmpdir") && !option.contains("XshowSettings"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String only(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertTrue(matcher.find(), pattern);
    return matcher.group(1);
  }

  @Test
  void jbangRunsTheEngineWithTheSameOptions() throws IOException {
    jdk("usr/lib/jvm/temurin", "25");
    JsonNode alias =
        JsonMapper.shared()
            .readTree(Files.readString(Path.of("../jbang-catalog.json")))
            .at("/aliases/ridge");
    List<String> options = new ArrayList<>();
    alias.get("runtime-options").forEach(option -> options.add(option.asString()));
    String command = ridge("report").text();
    String jar = root + "/tree/" + alias.get("script-ref").asString();
    assertTrue(
        command.contains("\n%s -jar %s report\n".formatted(String.join(" ", options), jar)),
        command);
  }

  private JvmRun ridge(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(install("tree").toString()));
    command.addAll(List.of(arguments));
    return JvmRun.of(command, environment);
  }

  /** The script in a tree that is built already; the system's folders are the test's. */
  private Path install(String name) throws IOException {
    Path tree = root.resolve(name);
    Path jar = tree.resolve("bench/target/ridge.jar");
    Path script = tree.resolve("ridge");
    Files.createDirectories(jar.getParent());
    Files.createDirectories(tree.resolve("bench/src"));
    Files.createDirectories(tree.resolve("bench/roofline/src"));
    String text = Files.readString(Path.of("../ridge"));
    Files.writeString(
        script,
        text.replaceAll("(?m)(\\s)/(usr|opt|home|Library|tmp)([/ ])", "$1" + root + "/$2$3"));
    script.toFile().setExecutable(true);
    Files.writeString(tree.resolve("pom.xml"), "");
    Files.writeString(tree.resolve("LESSON.md"), "");
    Files.writeString(tree.resolve("bench/pom.xml"), "");
    Files.writeString(tree.resolve("bench/roofline/pom.xml"), "");
    Files.writeString(jar, "");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(10)));
    return script;
  }

  private Path jdk(String folder, String release) throws IOException {
    Path jdk = root.resolve(folder);
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + release + "\"\n");
    script(
        jdk.resolve("bin/java"),
        "echo '    java.home = " + jdk + "'",
        "echo \"LC_ALL=$LC_ALL\"",
        "echo \"$@\"");
    script(jdk.resolve("bin/javac"), "");
    return jdk;
  }

  private static String jdkOf(JvmRun run) {
    return run.text().lines().findFirst().orElse("").replace("    java.home = ", "");
  }

  private static void script(Path file, String... lines) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    file.toFile().setExecutable(true);
  }
}
