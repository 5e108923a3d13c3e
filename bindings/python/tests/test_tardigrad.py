"""The package against the command: the same bytes, the same sentences, and nothing left behind.

TARDIGRAD names the command, TARDIGRAD_LIBRARY the library, the working directory is the checkout.
"""
import copy
import gc
import glob
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import warnings

import tardigrad

COMMAND = os.environ["TARDIGRAD"]
QUICK = "examples/quickstart.yaml"
FEW = "sweep.workers=[8, 32]"
LOG = "examples/worker-log/log.csv"
SMALL = {
    "objective": {"quadratic": {"eigenvalues": [1, 0.5], "noise": {"additive": 0.1}}},
    "workers": [{"count": 4, "compute": {"law": "exponential", "mean": 1}}],
    "algorithm": {"name": "asgd", "step": 0.01},
    "target": {"loss": 0.01}, "horizon": 20, "replicas": 3,
}


def command(*words, cwd=None):
    return subprocess.run([os.path.abspath(COMMAND), *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, cwd=cwd, check=False)


def printed(*words, cwd=None):
    return command(*words, "--json", cwd=cwd).stdout


class SameBytes(unittest.TestCase):
    def test_predict(self):
        self.assertEqual(tardigrad.predict(QUICK).json, printed("predict", QUICK))
        self.assertEqual(
            tardigrad.predict(QUICK, level="sde", set=[FEW, "horizon=50"]).json,
            printed("predict", QUICK, "--level", "sde", "--set", FEW, "--set", "horizon=50"))

    def test_order_and_terminal_options_do_not_matter(self):
        self.assertEqual(
            tardigrad.predict(pathlib.Path(QUICK), set=[FEW]).json,
            printed("predict", "--threads", "1", "--quiet", "--set", FEW, QUICK))

    def test_simulate(self):
        few = {"replicas": 4, "sweep.workers": [2, 300]}
        words = ["--set", "replicas=4", "--set", "sweep.workers=[2, 300]"]
        self.assertEqual(tardigrad.simulate(QUICK, set=few).json,
                         printed("simulate", QUICK, *words))
        self.assertEqual(tardigrad.validate(QUICK, set=few).json,
                         printed("validate", QUICK, *words))

    def test_explain(self):
        self.assertEqual(
            tardigrad.explain(largest_eigenvalue=40, step=0.05, workers=8,
                              observed="4 converges, 8 diverges").json,
            printed("explain", "--largest-eigenvalue", "40", "--step", "0.05", "--workers", "8",
                    "--observed", "4 converges, 8 diverges"))

    def test_words(self):
        asked = dict(largest_eigenvalue=40, step=0.05, workers=8)
        said = command("explain", "--largest-eigenvalue", "40", "--step", "0.05", "--workers", "8")
        self.assertEqual(tardigrad.explain(words=True, **asked).words, said.stdout)
        self.assertNotIn("words", tardigrad.explain(**asked))

    def test_schedule(self):
        few = ["sweep.workers=[8]", "schedule.steps=4"]
        self.assertEqual(tardigrad.schedule(QUICK, set=few).json,
                         printed("schedule", QUICK, "--set", few[0], "--set", few[1]))

    def test_region(self):
        x, y = "workers[0].count=1:300:4", "algorithm.step=0.001:0.1:3:log"
        self.assertEqual(tardigrad.region(QUICK, x=x, y=y).json,
                         printed("region", QUICK, "--x", x, "--y", y))

    def test_roots(self):
        law = "{law: constant, value: 2}"
        mine = tardigrad.roots(damping=1, law=law, right_of=-3)
        self.assertEqual(mine.json, printed("roots", "--damping", "1", "--law", law,
                                            "--right-of", "-3"))
        self.assertEqual((len(mine.roots), mine.count), (258, 258))
        self.assertEqual(list(mine.roots["re"]), sorted(mine.roots["re"], reverse=True))
        locus = tardigrad.roots(QUICK, along="algorithm.step=0.01:0.05:3")
        self.assertEqual(locus.json, printed("roots", QUICK, "--along",
                                             "algorithm.step=0.01:0.05:3"))
        self.assertEqual(len(locus.loops), 12)
        self.assertIn("re", locus.loops[0]["roots"].columns)
        buffered = tardigrad.roots(damping=1, law=law, filter="fedbuff", lambda_=4, param=2)
        self.assertEqual(buffered.json, printed("roots", "--damping", "1", "--law", law, "--filter",
                                                "fedbuff", "--lambda", "4", "--param", "2"))
        said = tardigrad.roots(SMALL, words=True)
        self.assertIn("found and counted", said.words)

    def test_integrate(self):
        few = ["--paths", "200", "--rows", "5"]
        self.assertEqual(tardigrad.integrate(QUICK, paths=200, rows=5, set={"horizon": 20}).json,
                         printed("integrate", "--set", "horizon=20", QUICK, *few))
        law = "{law: gamma, shape: 4, mean: 1}"
        self.assertEqual(tardigrad.integrate(damping=1, law=law, paths=200, rows=5).json,
                         printed("integrate", "--damping", "1", "--law", law, *few))
        hit = tardigrad.integrate(damping=1, law=law, paths=200, hit=0.2, words=True)
        self.assertIn("mean", hit.words)
        self.assertEqual(len(hit.hitting), 19)

    def test_live(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "log.csv")
            mine = tardigrad.live(SMALL, sleep=True, unit=0.005, log=str(log))
            row = {name: mine.live[name][0] for name in mine.live.columns}
            self.assertEqual(row["begun"], row["applied"] + row["running"])
            self.assertEqual(row["running"], 4)
            self.assertIn("holds", mine.claims["verdict"])
            self.assertIn("law", tardigrad.fit(log).fit.columns)

    def test_spectrum(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "values")
            file.write_text("4\n2\n-0.5\n")
            mine = tardigrad.spectrum(file, workers=8)
            self.assertEqual(mine.json, printed("spectrum", str(file), "--workers", "8"))
            self.assertEqual(list(mine.spectrum["largest"]), [4])

    def test_fit(self):
        with tempfile.TemporaryDirectory() as folder:
            made, other = f"{folder}/a.yaml", f"{folder}/b.yaml"
            mine = tardigrad.fit(LOG, study=made).json
            self.assertEqual(mine.replace(made, other), printed("fit", LOG, "--study", other))
            self.assertEqual(pathlib.Path(made).read_text(),
                             pathlib.Path(other).read_text().replace("b-times", "a-times"))
            self.assertEqual(tardigrad.predict(made).json, printed("predict", made))

    def test_fit_of_several_logs(self):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for k in range(3):
                files.append(pathlib.Path(folder, f"{k}.csv"))
                files[k].write_text("seconds\n" + "".join(
                    f"{1 + k + (i * 7919 % 101) / 500}\n" for i in range(60)))
            mine = tardigrad.fit(*files, words=True)
            self.assertIn("3 logs together: 3 workers", mine.words.replace("\n  ", " "))
            self.assertEqual(tardigrad.fit(*files).json, printed("fit", *map(str, files)))
        self.assertRaises(TypeError, tardigrad.spectrum, "a", "b")

    def test_dict_and_text(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "study").write_text(json.dumps(SMALL))
            want = printed("predict", "study", cwd=folder)
        self.assertEqual(tardigrad.predict(SMALL).json, want)
        self.assertEqual(tardigrad.predict(json.dumps(SMALL, indent=1)).json, want)


class SameSentences(unittest.TestCase):
    def same(self, kind, call, *words):
        with self.assertRaises(kind) as caught:
            call()
        self.assertIsInstance(caught.exception, tardigrad.Error)
        self.assertEqual(f"tardigrad: {caught.exception}\n", command(*words).stderr)

    def test_input(self):
        p = tardigrad.predict
        self.same(tardigrad.FileError, lambda: p("nowhere.yaml"), "predict", "nowhere.yaml")
        self.same(OSError, lambda: tardigrad.fit("nowhere.csv"), "fit", "nowhere.csv")
        self.same(tardigrad.InputError, lambda: p(QUICK, set={"horizont": 3}),
                  "predict", QUICK, "--set", "horizont=3")
        self.same(ValueError, lambda: p(QUICK, levl="sde"), "predict", QUICK, "--levl", "sde")
        self.same(ValueError, lambda: p(QUICK, level="sda"), "predict", QUICK, "--level", "sda")
        self.same(ValueError, lambda: tardigrad.explain(), "explain")
        self.same(ValueError, lambda: tardigrad.region(QUICK), "region", QUICK)
        self.same(ValueError, lambda: tardigrad.roots(), "roots")
        self.same(ValueError, lambda: tardigrad.roots(QUICK, law="{law: constant, value: 1}"),
                  "roots", QUICK, "--law", "{law: constant, value: 1}")
        self.same(ValueError, lambda: tardigrad.integrate(), "integrate")
        self.same(OSError, lambda: tardigrad.spectrum("nowhere"), "spectrum", "nowhere")
        self.same(ValueError, lambda: tardigrad.live(QUICK, unit=0), "live", QUICK, "--unit", "0")
        self.same(tardigrad.NoConvergenceError,
                  lambda: tardigrad.integrate(damping=1, hit=0.2, hit_error=1e-9, paths=100),
                  "integrate", "--damping", "1", "--hit", "0.2", "--hit-error", "1e-9",
                  "--paths", "100")

    def test_domain(self):
        huge = ["replicas=10000000", "horizon=1e9"]
        self.same(tardigrad.DomainError, lambda: tardigrad.simulate(QUICK, set=huge),
                  "simulate", QUICK, "--set", huge[0], "--set", huge[1])

    def test_missing_rows_are_a_warning(self):
        rules = '[{name: asgd, step: 0.01}, {name: ringmaster, r: 5, step: 0.01}]'
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            answer = tardigrad.predict(QUICK, set=[FEW, f"algorithm={rules}"])
        said = command("predict", QUICK, "--json", "--set", FEW, "--set",
                       f"algorithm={rules}").stderr
        self.assertEqual([f"tardigrad: {w.message}\n" for w in heard], [said])
        self.assertIn("not computed", answer.prediction[-1]["level"])

    def test_wrong_calls(self):
        self.assertRaises(TypeError, tardigrad.predict)
        self.assertRaises(TypeError, tardigrad.predict, {"seed": object()})
        self.assertRaises(TypeError, tardigrad.explain, QUICK)


class Answers(unittest.TestCase):
    def test_columns(self):
        answer = tardigrad.predict(QUICK, set=["sweep.workers=[8, 32, 300]"])
        table = answer.prediction
        self.assertEqual(list(table["workers"]), [row["workers"] for row in table])
        self.assertIs(table, answer["prediction"])
        self.assertRaises(KeyError, lambda: table["nothing"])
        self.assertRaises(AttributeError, lambda: answer.nothing)
        self.assertEqual(answer.provenance["horizon"], 120)
        self.assertEqual(list(table["verdict"])[-1], "diverges")

    def test_never_is_not_unknown(self):
        answer = tardigrad.predict(QUICK, set=["sweep.workers=[1, 8]"])
        row = answer.prediction[0]  # one worker is not there by the horizon; --single-run was not asked
        self.assertEqual((row["workers"], row["settle"]), (1, float("inf")))
        self.assertIsNone(row["threshold_single"])
        self.assertEqual(answer.prediction["settle"][0], float("inf"))
        self.assertNotEqual(answer.prediction["threshold_single"][0],
                            answer.prediction["threshold_single"][0])
        self.assertEqual(float(json.loads(answer.json)["prediction"][0]["settle"]), float("inf"))
        contour = tardigrad.roots(damping=1, law="{law: constant, value: 1}").certificate
        self.assertEqual((contour["below"], contour["above"]), (float("inf"), float("-inf")))

    def test_numpy_in_studies(self):
        try:
            import numpy
        except ImportError:
            return
        study = copy.deepcopy(SMALL)
        study["objective"]["quadratic"]["eigenvalues"] = numpy.array([1, 0.5])
        study["horizon"] = numpy.float64(20)
        self.assertEqual(tardigrad.predict(study).prediction[0],
                         tardigrad.predict(SMALL).prediction[0])
        self.assertIsInstance(tardigrad.predict(SMALL).prediction["rate"], numpy.ndarray)

    def test_without_numpy(self):
        code = ("import sys; sys.modules['numpy'] = None\nimport tardigrad\n"
                f"print(tardigrad.predict('{QUICK}', set=['sweep.workers=[1, 2]'])"
                ".prediction['workers'][:2])")
        out = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True,
                             check=True)
        self.assertEqual(out.stdout, "[1.0, 2.0]\n")

    def test_docstrings_name_options_and_columns(self):
        for name in ("predict", "simulate", "validate", "explain", "roots", "region", "schedule",
                     "integrate", "slowdown", "live", "fit", "calibrate", "spectrum"):
            doc = getattr(tardigrad, name).__doc__
            self.assertIn("Table `", doc)
            self.assertIn("Arguments:", doc)
        self.assertIn("lambda [1/time]: arrivals of gradients", tardigrad.predict.__doc__)
        self.assertIn("largest_eigenvalue (H)", tardigrad.explain.__doc__)


class NothingLeft(unittest.TestCase):
    @staticmethod
    def resident():
        gc.collect()
        pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    # what theory has in closed form, so that it is the calls that take the time
    QUICKEST = dict(SMALL, workers={"count": 1, "compute": {"law": "constant", "value": 1}},
                    points=2)

    def refuse(self):
        try:
            tardigrad.predict(self.QUICKEST, level="sda")
        except tardigrad.InputError:
            return
        self.fail("it was not refused")

    def test_no_leak(self):
        for _ in range(300):  # the allocator's arenas fill up first
            tardigrad.predict(self.QUICKEST)
            self.refuse()
        grown = []  # by what leaks in every round, and by what the allocator does in some
        while len(grown) < 5 and min(grown, default=1 << 20) >= 256 << 10:
            before = self.resident()
            for _ in range(1000):
                tardigrad.predict(self.QUICKEST)
                self.refuse()
            grown.append(self.resident() - before)
        print(f"1000 calls and 1000 refusals: {min(grown) / 1024:.0f} KiB more", file=sys.stderr)
        self.assertLess(min(grown), 256 << 10)

    def test_interrupt(self):
        code = ("import tardigrad\nprint('begun', flush=True)\ntry:\n"
                f"    tardigrad.simulate('{QUICK}', set={{'replicas': 1000000}})\n"
                "except KeyboardInterrupt:\n    print('stopped')\n"
                "import time\nbegun = time.process_time()\ntime.sleep(.3)\n"
                "print('goes on' if time.process_time() - begun > .2 else 'rests')\n"
                f"print(len(tardigrad.predict('{QUICK}').prediction))")
        # a shell's background jobs, and what they start, are deaf to it
        p = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True,
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(p.kill)
        self.assertEqual(p.stdout.readline(), "begun\n")
        time.sleep(0.3)
        begun = time.monotonic()
        p.send_signal(signal.SIGINT)
        self.assertEqual(p.communicate(timeout=20)[0], "stopped\nrests\n14\n")
        self.assertLess(time.monotonic() - begun, 10)


class Schema(unittest.TestCase):
    """The JSON Schema says of studies what the reader says."""

    def setUp(self):
        try:
            import jsonschema
            import yaml
        except ImportError as error:
            raise unittest.SkipTest(f"python3-jsonschema and python3-yaml: {error}")

        class Plain(yaml.SafeLoader):
            """YAML 1.2, as editors and the reader have it: 40.0e6 is a number, on is a word."""

            yaml_implicit_resolvers = {
                first: [r for r in resolvers if not r[0].endswith(":bool")]
                for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}

        Plain.add_implicit_resolver("tag:yaml.org,2002:float",
                                      re.compile(r"[-+]?[0-9]+\.?[0-9]*[eE][0-9]+$"),
                                      list("-+0123456789"))
        Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false$"),
                                      list("tf"))
        self.load = lambda text: yaml.load(text, Plain)
        self.validator = jsonschema.Draft202012Validator(tardigrad.schema())

    def test_it_is_a_schema(self):
        self.validator.check_schema(tardigrad.schema())

    def test_examples(self):
        files = glob.glob("examples/*.yaml") + glob.glob("examples/*/*.yaml")
        self.assertGreater(len(files), 12)
        for file in files:
            study = self.load(pathlib.Path(file).read_text())
            errors = [f"{file}: {e.message}" for e in self.validator.iter_errors(study)]
            self.assertEqual(errors, [])

    def test_what_the_reader_refuses(self):
        for path, value in [("horizont", 3), ("horizon", 0), ("horizon", "x"), ("seed", -1),
                            ("workers", []), ("algorithm", {"name": "asgd"}),
                            ("algorithm", {"name": "asgd", "step": "tun"}),
                            ("algorithm", {"name": "asgd", "step": 1, "optimiser": "sdg"}),
                            ("workers", {"count": 1, "compute": {"law": "gama", "mean": 1}}),
                            ("workers", {"count": 1, "compute": {"law": "gamma", "mean": 1}}),
                            ("workers", {"count": 1.5, "compute": {"law": "exponential", "mean": 1}}),
                            ("target", {}), ("replicas", 0)]:
            study = copy.deepcopy(SMALL)
            study[path] = value
            self.assertFalse(self.validator.is_valid(study), f"{path}: {value}")
            self.assertRaises(tardigrad.Error, tardigrad.predict, study)

    def test_what_it_takes(self):
        for path, value in [("algorithm", {"name": "asgd", "step": "tune"}),
                            ("algorithm", [{"name": "fedbuff", "k": 4, "step": 0.1,
                                            "optimiser": {"name": "heavy_ball", "momentum": 0.5}}]),
                            ("workers", {"count": 2, "compute": {"sum": [
                                {"law": "constant", "value": 1}, {"mixture": [
                                    {"weight": 0.5, "law": "exponential", "mean": 1},
                                    {"weight": 0.5, "law": "exponential", "mean": 2}]}]}})]:
            study = copy.deepcopy(SMALL)
            study[path] = value
            self.assertEqual([e.message for e in self.validator.iter_errors(study)], [])
            tardigrad.simulate(study)

    def test_the_copy_for_editors(self):
        text = pathlib.Path("examples/study.schema.json").read_text()
        self.assertEqual(text, subprocess.run([COMMAND, "help", "schema"], stdout=subprocess.PIPE,
                                              text=True, check=True).stdout)


class Example(unittest.TestCase):
    def test_fit_predict_plot(self):
        with tempfile.TemporaryDirectory() as folder:
            figure = pathlib.Path(folder, "figure.svg")
            out = subprocess.run(
                [sys.executable, "bindings/python/examples/fit_predict_plot.py", LOG, figure],
                stdout=subprocess.PIPE, text=True, check=True)
            self.assertIn("fastest of those tried", out.stdout)
            self.assertIn("</svg>", figure.read_text())


if __name__ == "__main__":
    unittest.main()
