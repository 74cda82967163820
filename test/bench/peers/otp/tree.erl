%% The supervisors: of the agents alone, or of the journal and the agents that it keeps.
-module(tree).
-behaviour(supervisor).
-export([start_link/1, start_link/4, stop/0, start_agent/1, init/1]).

%% Agents in memory.
start_link(Agent) -> supervisor:start_link({local, ?MODULE}, ?MODULE, {all, [agents(Agent, 1)]}).

%% Agents on the disk. None is restarted alone, without what it had kept: with one failure all start again from the journal.
%% Start, a function of no arguments, starts those that don't wait for their first message, and answers `ignore`.
start_link(Agent, Folder, Recover, Start) ->
    Journal = #{id => journal, start => {journal, start_link, [Folder, Recover]}},
    Starter = #{id => starter, start => {erlang, apply, [Start, []]}},
    supervisor:start_link({local, ?MODULE}, ?MODULE, {all, [Journal, agents(Agent, 0), Starter]}).

%% The journal is closed in order; the agents have nothing to do at their end, which is that of the emulator.
stop() ->
    _ = supervisor:terminate_child(?MODULE, journal),
    ok.

%% Where agents that are looked up tell their pids: the table `pids`, which ends with its supervisor.
start_agent(Arguments) ->
    {ok, Pid} = supervisor:start_child(agents, Arguments),
    Pid.

agents(Agent, Intensity) ->
    Start = {supervisor, start_link, [{local, agents}, ?MODULE, {agents, Agent, Intensity}]},
    #{id => agents, type => supervisor, start => Start}.

init({all, Children}) -> {ok, {#{strategy => one_for_all}, Children}};
init({agents, Agent, Intensity}) ->
    pids = ets:new(pids, [named_table, public, {read_concurrency, true}]),
    Flags = #{strategy => simple_one_for_one, intensity => Intensity, period => 5},
    {ok, {Flags, [#{id => agent, start => Agent}]}}.
