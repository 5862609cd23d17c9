package dev.ridgepoint.bench.report.page;

import com.ruiyun.jvppeteer.api.core.Browser;
import com.ruiyun.jvppeteer.api.core.Page;
import com.ruiyun.jvppeteer.api.events.PageEvents;
import com.ruiyun.jvppeteer.cdp.core.Puppeteer;
import com.ruiyun.jvppeteer.cdp.entities.ConsoleMessage;
import com.ruiyun.jvppeteer.cdp.entities.LaunchOptions;
import com.ruiyun.jvppeteer.cdp.entities.MediaFeature;
import com.ruiyun.jvppeteer.cdp.entities.Viewport;
import com.ruiyun.jvppeteer.exception.JvppeteerException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A headless Chromium with one page, and what that page complained of. */
final class Chromium {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "chrome.exe", "msedge.exe");

  private static final List<String> USUAL_PLACES =
      List.of(
          "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
          "/Applications/Chromium.app/Contents/MacOS/Chromium",
          "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
          "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
          "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe");

  private final Browser browser;
  private final Page page;
  private final List<String> errors = new CopyOnWriteArrayList<>();

  private Chromium(Browser browser) throws Exception {
    this.browser = browser;
    page = browser.newPage();
    page.on(PageEvents.PageError, (Object error) -> errors.add(String.valueOf(error)));
    page.on(
        PageEvents.Console,
        (ConsoleMessage message) -> {
          if (!message.type().toString().equalsIgnoreCase("log")) {
            errors.add(message.type() + ": " + message.text());
          }
        });
  }

  /** The program of this machine, if there is one. */
  static Optional<Path> program() {
    String path = System.getenv().getOrDefault("PATH", "");
    Stream<Path> onPath =
        Stream.of(path.split(File.pathSeparator))
            .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)));
    return Stream.concat(onPath, USUAL_PLACES.stream().map(Path::of))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Chromium start() throws Exception {
    // The pages are this project's own, and containers allow no sandbox within them.
    return new Chromium(
        Puppeteer.launch(
            LaunchOptions.builder()
                .executablePath(program().orElseThrow().toString())
                .headless(true)
                .args(List.of("--no-sandbox", "--disable-gpu"))
                .build()));
  }

  /** Opens a file of that width, light or dark. */
  void open(Path file, int width, String colourScheme) throws Exception {
    errors.clear();
    page.setViewport(new Viewport(width, 900));
    page.emulateMediaFeatures(List.of(new MediaFeature("prefers-color-scheme", colourScheme)));
    page.goTo(file.toUri().toString());
  }

  /** The value of an expression of JavaScript. */
  Object evaluate(String expression) throws IOException {
    return page.evaluate("() => (" + expression + ")");
  }

  /** The visible text of the element that a selector finds. */
  String text(String selector) throws IOException {
    return (String) evaluate("document.querySelector('" + selector + "').innerText");
  }

  /** Sets a control as its user does, and lets the page react. */
  void set(String id, String value) throws IOException {
    put(id, value);
    run(
        """
        const control = document.getElementById('%s');
        control.dispatchEvent(new Event(control.type === 'range' ? 'input' : 'change'));
        """
            .formatted(id));
  }

  /** Sets a control to which the page reacts when the next one is set. */
  void put(String id, String value) throws IOException {
    run("document.getElementById('%s').value = '%s';".formatted(id, value));
  }

  /** Waits until an expression is true, in this page or in the one that it becomes. */
  void await(String condition) throws Exception {
    for (int attempt = 0; attempt < 300; attempt++) {
      try {
        if (Boolean.TRUE.equals(evaluate(condition))) {
          return;
        }
      } catch (JvppeteerException _) {
        // The page was left meanwhile.
      }
      Thread.sleep(100);
    }
    throw new AssertionError(condition + " did not come true");
  }

  /** Runs a script in the page. */
  void run(String script) throws IOException {
    page.evaluate("() => {" + script + "}");
  }

  Page page() {
    return page;
  }

  List<String> errors() {
    return List.copyOf(errors);
  }

  void close() throws Exception {
    browser.close();
  }
}
